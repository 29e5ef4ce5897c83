"""Commands: one effect and one outcome each, whatever is repeated, refused or away."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import nats
import orjson
import pytest

from haveri_chassis.bus import Bus, BusUnavailable, CommandBus, CommandHandler, MessageTooLarge, Received
from haveri_chassis.bus.dead_letters import DeadLetters
from haveri_chassis.clock import SystemClock
from haveri_chassis.database import Database
from haveri_chassis.ids import SystemIds
from haveri_chassis.messages import Sender
from haveri_chassis.outcomes import record_outcome
from haveri_contracts.incident.commands import Acknowledge, AddEvent, ReopenIncident
from haveri_contracts.outcomes import Outcome, OutcomeStatus
from haveri_contracts.plain import EntryType, Refusal
from haveri_contracts.streams import COMMANDS, Consumer
from haveri_contracts.subjects import outcome_subject

SENDER = Sender("web", SystemClock(), SystemIds())
Until = Callable[..., Awaitable[Any]]
MakeBus = Callable[[str], Bus]


class AlreadyClosed(Refusal):
    """A refusal of the sample owner."""

    type = "incident-already-closed"
    title = "The incident is closed."


class Owner:
    """An owner that notes each effect in the same transaction as its outcome."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.calls: list[UUID] = []
        self.fail = 0
        self.closed = False
        self.forgetful = False
        self.pause = 0.0

    async def obey(self, received: Received[Any]) -> dict[str, Any] | None:
        """Carry an order out, unless it is to fail, or the incident is closed."""
        self.calls.append(received.envelope.id)
        await asyncio.sleep(self.pause)
        if self.fail:
            self.fail -= 1
            raise ConnectionError("the database is away")
        if self.closed:
            raise AlreadyClosed("reopen it first")
        result = {"note": str(len(self.calls))}
        async with self.database.transaction(received.organization) as connection:
            await connection.execute(
                "INSERT INTO notes (organization_id, name) VALUES ($1, $2)", received.organization, str(uuid4())
            )
            if not self.forgetful:
                await record_outcome(connection, received.organization, Outcome.accepted(received.envelope.id, result))
        return result

    async def effects(self, organization: str) -> int:
        """How often something happened."""
        async with self.database.transaction(organization) as connection:
            return int(await connection.fetchval("SELECT count(*) FROM notes"))

    @property
    def handlers(self) -> dict[Any, CommandHandler]:
        """Which commands it carries out."""
        return {Acknowledge: self.obey, ReopenIncident: self.obey}


@pytest.fixture(autouse=True)
async def empty_streams(nats_url: str) -> None:
    """Nobody else's orders."""
    client = await nats.connect(nats_url)
    for stream in (COMMANDS.name, "DEAD_LETTERS"):
        await client.jetstream().purge_stream(stream)
    await client.close()


@pytest.fixture
def owner(sample_database: Database) -> Owner:
    """The incident service, in short."""
    return Owner(sample_database)


@pytest.fixture
def owner_bus(make_bus: MakeBus, owner: Owner, consumers: dict[str, Consumer]) -> Bus:
    """The owner's bus, not yet started."""
    bus = make_bus("incident")
    bus.on_command(consumers["orders"], owner.database, owner.handlers)
    return bus


@pytest.fixture
def organization(fresh_organization: Callable[[], str]) -> str:
    """An organisation of this test's own."""
    return fresh_organization()


def order(incident: UUID | None = None) -> Acknowledge:
    """Any order."""
    return Acknowledge(incident_id=incident or uuid4())


async def raw(nats_url: str, subject: str, body: bytes, reply_to: str, message_id: str) -> None:
    """Send as some other system would."""
    client = await nats.connect(nats_url)
    headers = {"Haveri-Reply-To": reply_to, "Nats-Msg-Id": message_id}
    await client.jetstream().publish(subject, body, headers=headers)
    await client.close()


async def test_a_command_is_carried_out_and_answered(
    make_bus: MakeBus, started: Any, owner_bus: Bus, organization: str, nats_url: str
) -> None:
    """Its sender, and whoever listens for outcomes, learn the result."""
    caller = make_bus("web")
    commands = CommandBus(caller)
    async with started(owner_bus, caller):
        client = await nats.connect(nats_url)
        told = await client.subscribe(f"haveri.{organization}.outcome.*")
        await client.flush()
        command_id = uuid4()

        outcome = await commands.send(order(), organization=organization, actor="system:test", command_id=command_id)

        assert outcome == Outcome.accepted(command_id, {"note": "1"})
        message = await told.next_msg(timeout=2)
        await client.close()
        assert message.subject == outcome_subject(organization, command_id)
        assert Outcome.model_validate(orjson.loads(message.data)) == outcome
        assert message.headers is not None
        assert message.headers["ce-organization"] == organization
        assert message.headers["ce-causationid"] == str(command_id)


async def test_the_same_command_id_again_has_one_effect_and_the_same_outcome(
    make_bus: MakeBus, started: Any, owner: Owner, owner_bus: Bus, organization: str
) -> None:
    """Right away (the stream takes it for a duplicate), at once from two processes, and later."""
    one, two = make_bus("web"), make_bus("teams-gateway")
    senders = (CommandBus(one), CommandBus(two), CommandBus(one))
    command_id, command = uuid4(), order()
    async with started(owner_bus, one, two):

        async def send(commands: CommandBus) -> Outcome | None:
            return await commands.send(command, organization=organization, actor="system:test", command_id=command_id)

        answers = await asyncio.gather(*(send(commands) for commands in senders))
        answers.append(await send(senders[1]))
        await asyncio.sleep(COMMANDS.duplicate_window.total_seconds() + 0.02)
        answers.append(await send(senders[0]))

    assert answers == [answers[0]] * 5
    assert answers[0] is not None
    assert await owner.effects(organization) == 1


async def test_two_organisations_with_the_same_command_id_each_get_their_own_outcome(
    make_bus: MakeBus, started: Any, owner: Owner, owner_bus: Bus, fresh_organization: Callable[[], str]
) -> None:
    """Ids are the senders' choice: one process waits for both, and neither is given the other's answer."""
    caller, organizations = make_bus("web"), (fresh_organization(), fresh_organization())
    commands, command_id = CommandBus(caller), uuid4()
    owner.pause = 0.05
    async with started(owner_bus, caller):
        answers = await asyncio.gather(
            *(
                commands.send(order(), organization=organization, actor="system:test", command_id=command_id)
                for organization in organizations
            )
        )

    assert [await owner.effects(organization) for organization in organizations] == [1, 1]
    assert sorted(answer.result["note"] for answer in answers if answer and answer.result) == ["1", "2"]


async def test_a_refusal_is_answered_with_its_name_and_stays_the_answer(
    make_bus: MakeBus, started: Any, owner: Owner, owner_bus: Bus, organization: str
) -> None:
    """Even when the order would be possible by now."""
    caller = make_bus("web")
    commands, command_id, command = CommandBus(caller), uuid4(), order()
    owner.closed = True
    async with started(owner_bus, caller):
        first = await commands.send(command, organization=organization, actor="system:test", command_id=command_id)
        owner.closed = False
        await asyncio.sleep(COMMANDS.duplicate_window.total_seconds() + 0.02)
        again = await commands.send(command, organization=organization, actor="system:test", command_id=command_id)

    assert first is not None
    assert first.problem is not None
    assert (first.status, first.problem.type) == (OutcomeStatus.REJECTED, "incident-already-closed")
    assert first.problem.detail == "reopen it first"
    assert again == first
    assert await owner.effects(organization) == 0


async def test_a_fault_is_tried_again_until_the_order_succeeds(
    make_bus: MakeBus, started: Any, owner: Owner, owner_bus: Bus, organization: str
) -> None:
    """The sender who waits long enough sees only the success."""
    caller = make_bus("web")
    commands = CommandBus(caller)
    owner.fail = 2
    async with started(owner_bus, caller):
        outcome = await commands.send(order(), organization=organization, actor="system:test", command_id=uuid4())

    assert outcome is not None
    assert outcome.status is OutcomeStatus.ACCEPTED
    assert len(owner.calls) == 3
    assert await owner.effects(organization) == 1


async def test_an_order_that_never_succeeds_is_answered_laid_down_and_can_be_replayed(
    make_bus: MakeBus, started: Any, owner: Owner, owner_bus: Bus, organization: str, until: Until
) -> None:
    """Replaying it carries it out, with the same command id."""
    caller = make_bus("web")
    commands, letters, command_id = CommandBus(caller), DeadLetters(caller), uuid4()
    owner.fail = 4
    async with started(owner_bus, caller):
        outcome = await commands.send(order(), organization=organization, actor="system:test", command_id=command_id)
        assert outcome is not None
        assert outcome.problem is not None
        assert outcome.problem.type == "not-possible-now"
        (letter,) = await until(letters.list)
        assert letter.reason == "ConnectionError"

        await letters.replay(letter.sequence)

        await until(lambda: owner.effects(organization))
    assert await owner.effects(organization) == 1


async def test_a_redelivered_order_is_answered_from_the_record(
    make_bus: MakeBus, started: Any, owner: Owner, owner_bus: Bus, organization: str, until: Until
) -> None:
    """When the owner died between its commit and its answer."""
    caller = make_bus("web")
    commands, command_id, command = CommandBus(caller), uuid4(), order()
    async with owner.database.transaction(organization) as connection:
        await record_outcome(connection, organization, Outcome.accepted(command_id, {"note": "before"}))
    async with started(owner_bus, caller):
        outcome = await commands.send(command, organization=organization, actor="system:test", command_id=command_id)

    assert outcome == Outcome.accepted(command_id, {"note": "before"})
    assert await owner.effects(organization) == 0


async def test_an_order_waits_in_the_stream_while_its_owner_is_away(
    make_bus: MakeBus, started: Any, owner: Owner, owner_bus: Bus, organization: str, until: Until
) -> None:
    """The sender learns `accepted for later` after its patience, and the effect comes."""
    caller = make_bus("web")
    commands = CommandBus(caller)
    async with started(caller):
        begun = time.monotonic()
        outcome = await commands.send(
            order(), organization=organization, actor="system:test", command_id=uuid4(), wait=0.1
        )
        assert outcome is None
        assert time.monotonic() - begun < 1

        async with started(owner_bus):
            await until(lambda: owner.effects(organization))
    assert await owner.effects(organization) == 1


async def test_one_incidents_orders_are_carried_out_one_after_another(
    make_bus: MakeBus, started: Any, owner: Owner, owner_bus: Bus, organization: str
) -> None:
    """In the order in which they were sent, while those of others run beside them."""
    caller = make_bus("web")
    commands, incident = CommandBus(caller), uuid4()
    ids = [uuid4() for _ in range(8)]
    owner.pause = 0.005
    async with started(owner_bus, caller):
        sent = []
        for command_id in ids:
            coroutine = commands.send(
                order(incident), organization=organization, actor="system:test", command_id=command_id
            )
            sent.append(asyncio.create_task(coroutine))
            await asyncio.sleep(0.002)
        outcomes = await asyncio.gather(*sent)

    assert owner.calls == ids
    assert all(outcome is not None for outcome in outcomes)


async def test_without_a_bus_the_sender_is_told_at_once(make_bus: MakeBus, nats_process: Any, started: Any) -> None:
    """Nothing hangs, nothing is promised; afterwards it works again."""
    caller = make_bus("web")
    commands = CommandBus(caller)
    async with started(caller):
        nats_process.process.kill()
        begun = time.monotonic()
        with pytest.raises(BusUnavailable):
            await commands.send(order(), organization="demo", actor="system:test", command_id=uuid4())
        assert time.monotonic() - begun < 1
        begun = time.monotonic()
        with pytest.raises(BusUnavailable):
            await commands.send(order(), organization="demo", actor="system:test", command_id=uuid4())
        assert time.monotonic() - begun < 0.1
        nats_process.process.start()
        nats_process.process.wait_until_ready()
        await asyncio.sleep(0.5)
        assert (
            await commands.send(order(), organization="demo", actor="system:test", command_id=uuid4(), wait=0.0)
        ) is None


async def test_an_order_too_large_for_the_bus_is_refused(make_bus: MakeBus, started: Any) -> None:
    """With a name, and not as an outage."""
    caller = make_bus("web")
    commands = CommandBus(caller)
    async with started(caller):
        text = "x" * caller.connection.client.max_payload
        huge = AddEvent.model_construct(incident_id=uuid4(), type=EntryType.ANNOTATION, text=text)
        with pytest.raises(MessageTooLarge):
            await commands.send(huge, organization="demo", actor="system:test", command_id=uuid4())


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"data": {"incident_id": "nobody"}}, "invalid-data"),
        ({"organization": "someone-else"}, "organization-mismatch"),
        ({"type": "haveri.incident.acknowledge.v9"}, "unknown-message-version"),
        ({"actor": "nobody"}, "not-a-cloudevent"),
    ],
)
async def test_an_order_that_cannot_be_read_is_refused_and_laid_down(
    change: dict[str, Any],
    problem: str,
    make_bus: MakeBus,
    started: Any,
    owner: Owner,
    owner_bus: Bus,
    organization: str,
    nats_url: str,
    until: Until,
) -> None:
    """Its sender is told why; it has no effect anywhere."""
    envelope = SENDER.request(order(), id=uuid4(), organization=organization, actor="system:test")
    body = orjson.dumps({**orjson.loads(envelope.encode()), **change})
    letters = DeadLetters(owner_bus)
    client = await nats.connect(nats_url)
    inbox = client.new_inbox()
    answers = await client.subscribe(inbox)
    await client.flush()
    async with started(owner_bus):
        await raw(nats_url, Acknowledge.subject(organization), body, inbox, str(envelope.id))
        answer = await answers.next_msg(timeout=5)
        (letter,) = await until(letters.list)
    await client.close()

    outcome = Outcome.model_validate_json(answer.data)
    assert outcome.command_id == envelope.id
    assert outcome.problem is not None
    assert outcome.problem.type == problem
    assert answer.headers is not None
    assert answer.headers["ce-organization"] == organization
    assert (letter.reason, letter.body) == (problem, body)
    assert owner.calls == []


async def test_an_order_nobody_carries_out_is_refused(
    make_bus: MakeBus, started: Any, owner: Owner, owner_bus: Bus, organization: str
) -> None:
    """Known to the contracts, but this owner has no handler for it."""
    caller = make_bus("web")
    commands = CommandBus(caller)
    async with started(owner_bus, caller):
        outcome = await commands.send(
            AddEvent(incident_id=uuid4(), type=EntryType.ANNOTATION, text="x"),
            organization=organization,
            actor="system:test",
            command_id=uuid4(),
        )

    assert outcome is not None
    assert outcome.problem is not None
    assert outcome.problem.type == "unknown-message-version"


async def test_an_outcome_is_sent_to_inboxes_only(
    started: Any, owner: Owner, owner_bus: Bus, organization: str, nats_url: str, until: Until
) -> None:
    """Otherwise anybody could make us publish anywhere, with our rights."""
    reply_to = "haveri.victim.event.incident.declared.v1"
    heard: list[str] = []
    client = await nats.connect(nats_url)

    async def hear(message: Any) -> None:
        heard.append(message.subject)

    await client.subscribe("haveri.>", cb=hear)
    await client.flush()
    envelope = SENDER.request(order(), id=uuid4(), organization=organization, actor="system:test")
    async with started(owner_bus):
        await raw(nats_url, Acknowledge.subject(organization), envelope.encode(), reply_to, str(envelope.id))
        await until(lambda: outcome_subject(organization, envelope.id) in heard)
        await client.flush()
    await client.close()

    assert reply_to not in heard


async def test_a_handler_that_forgets_its_outcome_is_found_the_first_time(
    make_bus: MakeBus, started: Any, owner: Owner, owner_bus: Bus, organization: str, until: Until
) -> None:
    """The order is tried again and ends among the dead letters, with the reason."""
    caller = make_bus("web")
    commands, letters = CommandBus(caller), DeadLetters(caller)
    owner.forgetful = True
    async with started(owner_bus, caller):
        outcome = await commands.send(order(), organization=organization, actor="system:test", command_id=uuid4())
        (letter,) = await until(letters.list)

    assert outcome is not None
    assert outcome.status is OutcomeStatus.REJECTED
    assert letter.reason == "NotRecorded"


async def recorded(owner: Owner, organization: str) -> set[UUID]:
    """The orders that have an outcome."""
    async with owner.database.transaction(organization) as connection:
        rows = await connection.fetch("SELECT command_id FROM command_outcomes")
    return {row["command_id"] for row in rows}


async def test_nothing_is_lost_or_done_twice_when_nats_dies_under_load(
    make_bus: MakeBus, started: Any, owner: Owner, owner_bus: Bus, organization: str, nats_process: Any, until: Until
) -> None:
    """Every order that was promised has one effect; those that were not can be sent again with the same id."""
    caller = make_bus("web")
    commands = CommandBus(caller)
    ids = [uuid4() for _ in range(150)]

    async def send(command_id: UUID) -> None:
        while True:
            try:
                await commands.send(order(), organization=organization, actor="system:test", command_id=command_id)
            except BusUnavailable:
                await asyncio.sleep(0.05)
            else:
                return

    async with started(owner_bus, caller):
        sending = asyncio.gather(*(send(command_id) for command_id in ids))
        await until(lambda: len(owner.calls) > 20)
        await asyncio.to_thread(nats_process.restart)
        await asyncio.wait_for(sending, 60)
        while await recorded(owner, organization) != set(ids):  # noqa: ASYNC110 - what died with NATS comes later
            await asyncio.sleep(0.1)

    assert await owner.effects(organization) == len(ids)
