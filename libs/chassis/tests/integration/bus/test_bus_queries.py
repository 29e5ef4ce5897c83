"""Queries: answered by the owner, at once or not at all."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import nats
import orjson
import pytest

from haveri_chassis import telemetry
from haveri_chassis.bus import Bus, OwnerUnavailable, QueryClient, QueryRefused, RawJson
from haveri_chassis.clock import SystemClock
from haveri_chassis.ids import SystemIds
from haveri_chassis.messages import Sender
from haveri_contracts.envelope import Envelope
from haveri_contracts.incident.queries import CountIncidents, GetIncident, IncidentCounts, ListIncidents
from haveri_contracts.outcomes import QueryReply
from haveri_contracts.plain import Refusal

MakeBus = Callable[[str], Bus]
SENDER = Sender("web", SystemClock(), SystemIds())
COUNTS = IncidentCounts(by_status={"DECLARED": 2}, open_by_severity={"SEV1": 2})
LONG = RawJson(orjson.dumps({"items": ["x" * 100] * 6000, "next_cursor": None}))


class NoSuchIncident(Refusal):
    """A refusal of the sample owner."""

    type = "no-such-incident"
    title = "There is no such incident."


@pytest.fixture
def owner(make_bus: MakeBus) -> Bus:
    """The incident service, in short."""
    bus = make_bus("incident")

    async def count(query: CountIncidents, envelope: Envelope) -> IncidentCounts:
        return COUNTS

    async def get(query: GetIncident, envelope: Envelope) -> IncidentCounts:
        if query.incident == "broken":
            raise ZeroDivisionError("secret internals")
        raise NoSuchIncident(f"{query.incident} is not known in {envelope.organization}")

    async def list_all(query: ListIncidents, envelope: Envelope) -> RawJson:
        return RawJson(b"x" * bus.connection.client.max_payload) if query.q == "too much" else LONG

    bus.on_query(CountIncidents, count)
    bus.on_query(GetIncident, get)
    bus.on_query(ListIncidents, list_all)
    return bus


async def test_the_owner_answers_with_the_querys_model(make_bus: MakeBus, started: Any, owner: Bus) -> None:
    """Typed for its asker."""
    asker = make_bus("web")
    queries = QueryClient(asker)
    async with started(owner, asker):
        assert await queries.ask(CountIncidents(), organization="demo", actor="system:test") == COUNTS


async def test_a_long_answer_goes_through_as_it_was_written(make_bus: MakeBus, started: Any, owner: Bus) -> None:
    """Six hundred kilobytes, byte for byte, without a model in between."""
    asker = make_bus("web")
    queries = QueryClient(asker)
    async with started(owner, asker):
        assert await queries.ask_raw(ListIncidents(), organization="demo", actor="system:test") == LONG


async def test_a_refusal_reaches_the_asker_with_its_name(make_bus: MakeBus, started: Any, owner: Bus) -> None:
    """And is a refusal there too."""
    asker = make_bus("web")
    queries = QueryClient(asker)
    async with started(owner, asker):
        with pytest.raises(QueryRefused) as refusal:
            await queries.ask(GetIncident(incident="INC-9"), organization="demo", actor="system:test")

    assert isinstance(refusal.value, Refusal)
    assert refusal.value.type == "no-such-incident"
    assert refusal.value.detail == "INC-9 is not known in demo"


async def test_a_fault_of_the_owner_is_said_without_its_internals(make_bus: MakeBus, started: Any, owner: Bus) -> None:
    """They are in its log."""
    asker = make_bus("web")
    queries = QueryClient(asker)
    async with started(owner, asker):
        with pytest.raises(OwnerUnavailable) as fault:
            await queries.ask(GetIncident(incident="broken"), organization="demo", actor="system:test")

    assert "because of a fault" in str(fault.value)
    assert "secret" not in str(fault.value)


async def test_an_answer_is_sent_to_inboxes_only(started: Any, owner: Bus, nats_url: str) -> None:
    """Or whoever asks could make the owner speak, with its rights, on any subject."""
    envelope = SENDER.request(CountIncidents(), id=SENDER.ids.new(), organization="demo", actor="system:test")
    async with started(owner):
        client = await nats.connect(nats_url)
        heard = await client.subscribe("haveri.demo.signal.>")
        await client.publish(CountIncidents.subject("demo"), envelope.encode(), reply="haveri.demo.signal.press.stop")
        # The owner answers a second question after it has passed over the first.
        await client.request(CountIncidents.subject("demo"), envelope.encode(), timeout=2)
        with pytest.raises(nats.errors.TimeoutError):
            await heard.next_msg(timeout=0.2)
        await client.close()


async def test_an_answer_too_large_for_the_bus_is_said_to_be(make_bus: MakeBus, started: Any, owner: Bus) -> None:
    """Instead of a time-out."""
    asker = make_bus("web")
    queries = QueryClient(asker)
    async with started(owner, asker):
        with pytest.raises(QueryRefused) as refusal:
            await queries.ask_raw(ListIncidents(q="too much"), organization="demo", actor="system:test")

    assert refusal.value.type == "answer-too-large"


async def test_an_absent_owner_is_known_at_once(make_bus: MakeBus, started: Any) -> None:
    """Not after the time-out."""
    asker = make_bus("web")
    queries = QueryClient(asker)
    async with started(asker):
        begun = time.monotonic()
        with pytest.raises(OwnerUnavailable, match="the incident service is away"):
            await queries.ask(CountIncidents(), organization="demo", actor="system:test")
        assert time.monotonic() - begun < 0.5


async def test_a_slow_owner_is_given_up_and_holds_up_no_other_question(make_bus: MakeBus, started: Any) -> None:
    """Questions are answered side by side."""
    owner, asker = make_bus("incident"), make_bus("web")
    gate = asyncio.Event()

    async def count(query: CountIncidents, envelope: Envelope) -> IncidentCounts:
        if envelope.organization == "slow":
            await gate.wait()
        return COUNTS

    owner.on_query(CountIncidents, count)
    queries = QueryClient(asker)
    async with started(owner, asker):
        slow = asyncio.create_task(queries.ask(CountIncidents(), organization="slow", actor="system:test", timeout=0.2))
        assert await queries.ask(CountIncidents(), organization="demo", actor="system:test") == COUNTS
        with pytest.raises(OwnerUnavailable, match="did not answer"):
            await slow
        gate.set()


async def test_without_a_bus_the_owner_counts_as_away(make_bus: MakeBus) -> None:
    """At once."""
    with pytest.raises(OwnerUnavailable):
        await QueryClient(make_bus("web")).ask(CountIncidents(), organization="demo", actor="system:test")


@pytest.mark.parametrize("organization", ["victim", "demo"])
async def test_a_question_that_lies_or_cannot_be_read_is_refused(
    organization: str, started: Any, owner: Bus, nats_url: str
) -> None:
    """The subject's organisation is the one that counts."""
    envelope = SENDER.request(CountIncidents(), id=SENDER.ids.new(), organization="demo", actor="system:test")
    body = envelope.encode() if organization == "victim" else b"rubbish"
    async with started(owner):
        client = await nats.connect(nats_url)
        reply = await client.request(CountIncidents.subject(organization), body, timeout=2)
        await client.close()

    answer = QueryReply.model_validate_json(reply.data)
    assert answer.result is None
    assert answer.problem is not None
    assert answer.problem.type == ("organization-mismatch" if organization == "victim" else "not-a-cloudevent")


async def test_two_replicas_share_the_questions(make_bus: MakeBus, started: Any) -> None:
    """Each question is answered once."""
    asked: list[str] = []
    asker = make_bus("web")
    owners = [make_bus("incident"), make_bus("incident")]

    def answerer(name: str) -> Any:
        async def count(query: CountIncidents, envelope: Envelope) -> IncidentCounts:
            asked.append(name)
            return COUNTS

        return count

    for name, bus in zip("ab", owners, strict=True):
        bus.on_query(CountIncidents, answerer(name))
    queries = QueryClient(asker)
    async with started(*owners, asker):
        for _ in range(40):
            await queries.ask(CountIncidents(), organization="demo", actor="system:test")

    assert len(asked) == 40
    assert set(asked) == {"a", "b"}


async def test_one_trace_runs_from_the_asker_to_the_owner(make_bus: MakeBus, started: Any) -> None:
    """The owner's handler works inside it."""
    owner, asker = make_bus("incident"), make_bus("web")
    seen: list[str | None] = []

    async def count(query: CountIncidents, envelope: Envelope) -> IncidentCounts:
        seen.append(telemetry.trace_id(telemetry.current_traceparent()))
        return COUNTS

    owner.on_query(CountIncidents, count)
    queries = QueryClient(asker)
    async with started(owner, asker):
        with telemetry.span("page"):
            mine = telemetry.trace_id(telemetry.current_traceparent())
            await queries.ask(CountIncidents(), organization="demo", actor="system:test")

    assert seen == [mine]
