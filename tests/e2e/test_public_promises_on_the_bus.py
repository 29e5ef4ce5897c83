"""A program that knows NATS, JSON and the published schemas, and nothing else, is understood and understands."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import nats
import pytest
from e2e_plants import Organization, eventually
from e2e_promises import Json, cloud_event, misfits, now, published_schema, uuid7
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import ConsumerConfig, DeliverPolicy, RetentionPolicy, StorageType

from haveri_tool.testing import RunningHouse

pytestmark = pytest.mark.e2e
WAIT = 10.0


@dataclass
class Stranger:
    """Somebody else's program on the bus, acting as a responder of the demo plant."""

    nc: Client
    actor: str
    facility_id: str
    member_id: str

    async def order(self, name: str, data: Json, *, command_id: str | None = None, organization: str = "demo") -> Json:
        """Publish a command by hand and wait for its outcome."""
        command = cloud_event(f"incident.{name}.v1", data, self.actor, organization)
        command["id"] = command_id or command["id"]
        return await self.publish(f"haveri.{organization}.command.incident.{name}.v1", json.dumps(command).encode())

    async def publish(self, subject: str, body: bytes) -> Json:
        """Publish anything as a command and wait for the outcome."""
        inbox = self.nc.new_inbox()
        answers = await self.nc.subscribe(inbox)
        await self.nc.jetstream().publish(subject, body, headers={"Haveri-Reply-To": inbox})
        answer = await answers.next_msg(WAIT)
        await answers.unsubscribe()
        outcome: Json = json.loads(answer.data)
        assert misfits(outcome, published_schema("Outcome")) == []
        return outcome

    async def ask(self, name: str, data: Json) -> Json:
        """Ask a query as anybody would and hold the answer against its schema."""
        question = cloud_event(f"{name}.v1", data, self.actor)
        answer = await self.nc.request(f"haveri.demo.query.{name}.v1", json.dumps(question).encode(), timeout=WAIT)
        said: Json = json.loads(answer.data)
        schema = published_schema(f"haveri.{name}.v1.reply")
        assert misfits(said, schema) == []
        assert answer.headers is not None
        if "result" in said:
            assert answer.headers["ce-causationid"] == question["id"]
        assert answer.headers["ce-type"] == f"haveri.{name}.v1.reply"
        return said

    async def declare(self, title: str = "Declared by a stranger") -> Json:
        """A new incident."""
        about = {"incident_id": uuid7(), "title": title, "severity": "SEV3", "facility_id": self.facility_id}
        outcome = await self.order("declare", about)
        assert outcome["status"] == "accepted", outcome
        found: Json = outcome["result"]["incident"]
        return found


@pytest.fixture(scope="module")
async def stranger(house: RunningHouse, demo: Organization) -> AsyncIterator[Stranger]:
    members = (await demo.get("/members"))["items"]
    responder = next(member for member in members if member["role"] == "responder")
    # The plant without a chat team of its own is as good as any.
    facility = (await demo.get("/facilities"))["items"][0]
    nc = await nats.connect(house.endpoints["nats"])
    yield Stranger(nc, f"member:{responder['id']}", facility["id"], responder["id"])
    await nc.close()


async def test_the_streams_are_kept_in_files_and_their_consumers_named_after_service_and_subscriber(
    stranger: Stranger,
) -> None:
    streams = {stream.config.name: stream.config for stream in await stranger.nc.jetstream().streams_info()}
    kept = {
        "EVENTS": RetentionPolicy.LIMITS,
        "COMMANDS": RetentionPolicy.WORK_QUEUE,
        "DEAD_LETTERS": RetentionPolicy.LIMITS,
        "SIGNALS_DEMO": RetentionPolicy.LIMITS,
    }
    for name, retention in kept.items():
        assert (streams[name].retention, streams[name].storage) == (retention, StorageType.FILE), name
    services = ("incident-", "directory-", "escalation-", "timeline-", "teams-gateway-", "web-")
    for name in kept:
        for consumer in await stranger.nc.jetstream().consumers_info(name):
            assert consumer.config.durable_name == consumer.name
            assert consumer.name.startswith(services), consumer.name


async def test_a_command_written_by_hand_has_one_outcome_and_one_effect_however_often_it_comes(
    stranger: Stranger,
) -> None:
    command_id, incident_id = uuid7(), uuid7()
    about = {"incident_id": incident_id, "title": "Twice", "severity": "SEV2", "facility_id": stranger.facility_id}
    heard = await stranger.nc.subscribe(f"haveri.demo.outcome.{command_id}")
    first = await stranger.order("declare", about, command_id=command_id)
    assert (first["command_id"], first["status"]) == (command_id, "accepted")
    again = await stranger.order("declare", about, command_id=command_id)
    assert again == first
    assert json.loads((await heard.next_msg(WAIT)).data) == first
    assert (await stranger.ask("incident.outcome", {"command_id": command_id}))["result"] == first
    named = await stranger.ask("incident.list", {"q": first["result"]["incident"]["number"]})
    assert [found["id"] for found in named["result"]["items"]] == [incident_id]


async def test_a_refused_command_is_told_why_by_name(stranger: Stranger) -> None:
    incident = await stranger.declare()
    for name, data, refusal in (
        ("close", {"incident_id": incident["id"]}, "incident-not-resolved"),
        ("update_status", {"incident_id": incident["id"], "status": "DECLARED"}, "status-unchanged"),
        ("acknowledge", {"incident_id": uuid7()}, "incident-unknown"),
        ("declare", {"incident_id": uuid7(), "title": "", "severity": "SEV9"}, "invalid-data"),
    ):
        outcome = await stranger.order(name, data)
        assert (outcome["status"], outcome["problem"]["type"]) == ("rejected", refusal)
        assert outcome["problem"]["title"]
        assert outcome["problem"]["detail"]


@pytest.mark.parametrize(
    ("subject", "changes", "refusal"),
    [
        ("haveri.demo.command.incident.declare.v1", {"specversion": "0.3"}, "not-a-cloudevent"),
        ("haveri.demo.command.incident.declare.v1", {"actor": "somebody"}, "not-a-cloudevent"),
        ("haveri.demo.command.incident.declare.v1", {"type": "haveri.incident.declare.v7"}, "unknown-message-version"),
        ("haveri.demo.command.incident.declare.v7", {"type": "haveri.incident.declare.v7"}, "unknown-message-version"),
        ("haveri.demo.command.incident.declare.v1", {"organization": "other"}, "organization-mismatch"),
    ],
)
async def test_a_message_that_cannot_be_read_is_answered_and_kept_as_a_dead_letter(
    stranger: Stranger, subject: str, changes: Json, refusal: str
) -> None:
    letters = await stranger.nc.jetstream().stream_info("DEAD_LETTERS")
    command = cloud_event("incident.declare.v1", {}, stranger.actor)
    outcome = await stranger.publish(subject, json.dumps(command | changes).encode())
    assert (outcome["status"], outcome["problem"]["type"]) == ("rejected", refusal)

    async def laid_down() -> bool:
        now_there = await stranger.nc.jetstream().stream_info("DEAD_LETTERS")
        return now_there.state.messages > letters.state.messages

    assert await eventually(laid_down)


async def test_every_query_is_answered_as_its_schema_says(stranger: Stranger) -> None:
    incident = await stranger.declare()
    page = {"page": {"limit": 1}}
    for name, data in (
        ("incident.get", {"incident": incident["id"]}),
        ("incident.get", {"incident": incident["number"]}),
        ("incident.get", {"incident": incident["id"], "as_of": now()}),
        ("incident.list", {"status": ["DECLARED"], **page}),
        ("incident.count", {}),
        ("timeline.list", {"incident_id": incident["id"]}),
        ("timeline.recent", {}),
        ("timeline.verify", {"incident_id": incident["id"]}),
        *((f"directory.{kind}", page) for kind in ("facilities", "areas", "assets", "teams", "members")),
        ("directory.on_shift", {"facility_id": stranger.facility_id, "at": now()}),
        ("directory.chat_settings", {}),
        ("directory.organization", {}),
    ):
        assert "result" in await stranger.ask(name, data), name
    assert (await stranger.ask("incident.get", {"incident": "INC-999999"}))["problem"]["type"] == "incident-unknown"
    assert (await stranger.ask("incident.get", {}))["problem"]["type"] == "invalid-data"


async def test_what_is_no_json_is_kept_as_a_dead_letter_with_its_bytes(stranger: Stranger) -> None:
    letters = await stranger.nc.subscribe("haveri.dead_letter.incident-commands")
    body = b"{no json " + uuid7().encode()
    await stranger.nc.jetstream().publish("haveri.demo.command.incident.declare.v1", body)
    letter = await letters.next_msg(WAIT)
    assert letter.data == body


async def test_every_event_of_an_incident_is_a_whole_cloud_event_in_an_unbroken_sequence(
    stranger: Stranger, demo: Organization
) -> None:
    incident = await _whole_life(stranger)
    await _directory_changes(demo)
    messages = await _everything_on(stranger.nc, "haveri.demo.event.>")
    for message in messages:
        _assert_whole(message)
    mine = [
        json.loads(message.data) for message in messages if message.subject.startswith("haveri.demo.event.incident.")
    ]
    mine = [event for event in mine if event["subject"] == incident]
    assert [event["sequence"] for event in mine] == list(range(1, len(mine) + 1))
    assert {event["type"].split(".")[2] for event in mine} >= {
        "declared", "acknowledged", "status_updated", "severity_changed", "lead_assigned", "comms_lead_assigned",
        "event_added", "escalation_requested", "resolved", "summary_amended", "closed", "reopened", "chat_linked",
    }  # fmt: skip
    for event in mine:
        assert UUID(event["causationid"])
        assert event["actor"] in (stranger.actor, "system:teams-gateway")


async def test_an_event_names_the_command_that_caused_it_and_continues_its_trace(stranger: Stranger) -> None:
    trace, about = uuid7().replace("-", ""), {"incident_id": uuid7(), "title": "Traced", "severity": "SEV3"}
    command = cloud_event(
        "incident.declare.v1",
        {**about, "facility_id": stranger.facility_id},
        stranger.actor,
        correlationid=uuid7(),
        traceparent=f"00-{trace}-{'1' * 16}-01",
    )
    declared = await stranger.nc.subscribe("haveri.demo.event.incident.declared.v1")
    outcome = await stranger.publish("haveri.demo.command.incident.declare.v1", json.dumps(command).encode())
    assert outcome["status"] == "accepted"
    event = json.loads((await declared.next_msg(WAIT)).data)
    assert event["subject"] == about["incident_id"]
    assert (event["causationid"], event["correlationid"]) == (command["id"], command["correlationid"])
    assert event["traceparent"].split("-")[1] == trace


def _assert_whole(message: Msg) -> None:
    event: Json = json.loads(message.data)
    what = f"{message.subject}: {event}"
    _, organization, _, owner, name, version = message.subject.split(".")
    assert event["type"] == f"haveri.{owner}.{name}.{version}", what
    assert event["organization"] == organization, what
    schema = published_schema(event["type"])
    assert misfits(event, schema) == [], what
    assert event["specversion"] == "1.0", what
    assert UUID(event["id"]).version == 7, what
    assert message.headers is not None
    assert message.headers["Nats-Msg-Id"] == event["id"], what
    assert message.headers["Content-Type"] == "application/cloudevents+json", what
    assert event["source"].startswith("haveri/"), what
    assert event["actor"].split(":")[0] in ("member", "system", "signal"), what
    assert {"subject", "time", "correlationid"} <= event.keys(), what


async def _whole_life(stranger: Stranger) -> str:
    incident = (await stranger.declare("A whole life"))["id"]
    for name, data in (
        ("acknowledge", {}),
        ("update_status", {"status": "INVESTIGATING"}),
        ("change_severity", {"severity": "SEV1", "reason": "worse"}),
        ("assign_lead", {"member_id": await _somebody_else(stranger)}),
        ("assign_comms_lead", {"member_id": stranger.member_id}),
        ("add_event", {"type": "action_taken", "text": "swapped"}),
        ("escalate", {"member_ids": [stranger.member_id]}),
        ("resolve", {"summary": {"what_happened": "It jammed"}}),
        ("amend_summary", {"summary": {"what_happened": "It jammed, twice"}}),
        ("close", {"follow_ups": []}),
        ("reopen", {"reason": "It came back"}),
    ):
        outcome = await stranger.order(name, {"incident_id": incident, **data})
        assert outcome["status"] == "accepted", f"{name}: {outcome}"

    async def linked() -> bool:
        found = await stranger.ask("incident.get", {"incident": incident})
        return bool(found["result"]["global_message_ref"])

    await eventually(linked)
    return str(incident)


async def _somebody_else(stranger: Stranger) -> str:
    members = (await stranger.ask("directory.members", {}))["result"]["items"]
    return next(m["id"] for m in members if m["role"] == "manager" and m["id"] != stranger.member_id)


async def _directory_changes(demo: Organization) -> None:
    facility = (await demo.get("/facilities"))["items"][0]["id"]
    for kind, body in (
        ("areas", {"name": f"Annexe {uuid7()}", "facility_id": facility}),
        ("teams", {"name": f"Visitors {uuid7()}", "facility_id": facility}),
        ("members", {"name": "A Visitor", "email": f"{uuid7()}@visitor.example", "role": "viewer"}),
    ):
        made = await demo.api.post(f"/{kind}", json=body)
        assert made.status_code == 201, made.text
        assert (await demo.api.delete(f"/{kind}/{made.json()['id']}")).status_code == 204


async def _everything_on(nc: Client, subject: str) -> list[Msg]:
    config = ConsumerConfig(deliver_policy=DeliverPolicy.ALL)
    reading = await nc.jetstream().subscribe(subject, stream="EVENTS", ordered_consumer=True, config=config)
    found: list[Msg] = []
    try:
        while True:
            found.append(await reading.next_msg(0.5))
    except TimeoutError:
        await reading.unsubscribe()
        return found
