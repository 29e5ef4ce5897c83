"""Whom a notification reaches, and whom not any more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haveri_contracts.escalation.models import CallState, Purpose
from haveri_contracts.escalation.reasons import Reason, ReasonCode
from haveri_contracts.plain import Severity, Status
from haveri_escalation.application.calling import CallFacts, IncidentNow, NotSent, Recipient
from haveri_escalation.application.messages import Text
from haveri_escalation.application.notify import Notify, Report
from haveri_escalation.domain.links import Link

CALL, INCIDENT, SATU, TIMO, FACILITY = (UUID(int=number) for number in range(1, 6))
DECLARED = datetime(2026, 11, 23, 1, 14, tzinfo=UTC)
FACTS = CallFacts(
    id=CALL,
    incident_id=INCIDENT,
    member_id=SATU,
    purpose=Purpose.TAKE,
    state=CallState.CALLING,
    because="Crew C, Night",
    number="INC-42",
    title="Filler 2 jammed",
    severity=Severity.SEV2,
    facility_id=FACILITY,
    area_id=None,
    asset_ids=(),
    called_at=DECLARED,
)
OPEN = IncidentNow("INC-42", "Filler 2 jammed, line 1 down", Severity.SEV1, Status.DECLARED, DECLARED, None, None)


@dataclass
class World:
    """Everything around a notification; each test says what is different."""

    call: CallFacts | None = FACTS
    incident: IncidentNow | None = OPEN
    people: dict[UUID, Recipient] = field(
        default_factory=lambda: {
            SATU: Recipient("Satu Mäkelä", "fi", {"email": "satu@haveri.example", "sms": "+358 40 555 0130"}),
            TIMO: Recipient("Timo Rantanen", "fi", {}),
        }
    )
    trouble: ReasonCode | None = None
    sent: list[tuple[str, str, Text]] = field(default_factory=list)

    async def find(self, organization: str, call_id: UUID) -> CallFacts | None:
        return self.call if (organization, call_id) == ("demo", CALL) else None

    async def now(self, organization: str, incident_id: UUID) -> IncidentNow | None:
        return self.incident

    async def recipient(self, organization: str, member_id: UUID) -> Recipient | None:
        return self.people.get(member_id)

    async def place(
        self, organization: str, facility_id: UUID | None, area_id: UUID | None, asset_ids: Sequence[UUID]
    ) -> str:
        return "Tampere Works"

    async def wall_clock(self, organization: str, facility_id: UUID | None, moment: datetime) -> datetime:
        return moment.astimezone(ZoneInfo("Europe/Helsinki"))

    def url(self, organization: str, link: Link) -> str | None:
        return f"https://haveri.example/answer/{organization}.{link.call_id.int}.{link.member_id.int}"

    def read(self, organization: str, token: str) -> Link:
        raise AssertionError("nobody reads links here")

    async def send(self, via: str, address: str, text: Text) -> None:
        if self.trouble:
            raise NotSent(self.trouble)
        self.sent.append((via, address, text))

    async def team(self, organization: str, team_id: UUID) -> str:
        return "Crew A"

    async def notify(self, via: str = "email", cause: Reason | None = None) -> Report:
        return await Notify(self, self, self, self, self)("demo", CALL, via, cause)


async def test_a_called_member_gets_a_mail_in_their_language_with_the_newest_facts() -> None:
    world = World()
    assert await world.notify() == Report("sent")
    ((via, address, text),) = world.sent
    assert (via, address) == ("email", "satu@haveri.example")
    assert text.subject == "[SEV1] INC-42 Filler 2 jammed, line 1 down"
    assert "Alkoi: 23.11.2026 3.14" in text.body
    assert "https://haveri.example/answer/demo.1.3" in text.body


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"acknowledged_by": TIMO}, Reason.of(ReasonCode.TAKEN)),
        ({"status": Status.RESOLVED}, Reason.of(ReasonCode.RUN_ENDED, end="resolved")),
        ({"status": Status.CLOSED, "acknowledged_by": TIMO}, Reason.of(ReasonCode.RUN_ENDED, end="closed")),
    ],
)
async def test_nobody_is_woken_for_what_was_taken_or_resolved_meanwhile(change: dict, reason: Reason) -> None:
    world = World(incident=replace(OPEN, **change))
    assert await world.notify() == Report("unneeded", reason)
    assert not world.sent


@pytest.mark.parametrize("state", [CallState.ANSWERED, CallState.WITHDRAWN])
async def test_nobody_is_woken_for_a_call_that_was_answered_or_withdrawn(state: CallState) -> None:
    world = World(call=replace(FACTS, state=state))
    assert (await world.notify()).outcome == "unneeded"
    assert not world.sent


async def test_a_call_to_join_is_made_for_a_taken_incident_and_says_who_has_it() -> None:
    world = World(call=replace(FACTS, purpose=Purpose.JOIN), incident=replace(OPEN, acknowledged_by=TIMO))
    assert await world.notify() == Report("sent")
    assert world.sent[0][2].body.startswith("Timo Rantanen hoitaa häiriötä INC-42")


async def test_while_nobody_can_tell_how_the_incident_stands_the_call_is_made_anyway() -> None:
    world = World(incident=None)
    assert await world.notify() == Report("sent")
    assert world.sent[0][2].subject == "[SEV2] INC-42 Filler 2 jammed"


async def test_a_way_without_an_address_fails_at_once_so_that_the_next_way_follows() -> None:
    assert await World().notify("push") == Report("failed", Reason.of(ReasonCode.NO_ADDRESS))


async def test_what_the_provider_did_not_take_failed_with_its_reason() -> None:
    world = World(trouble=ReasonCode.NOT_ACCEPTED)
    assert await world.notify("sms") == Report("failed", Reason.of(ReasonCode.NOT_ACCEPTED))


async def test_a_member_who_left_is_not_reached() -> None:
    assert await World(people={}).notify() == Report("failed", Reason.of(ReasonCode.MEMBER_GONE))


@given(
    code=st.sampled_from(ReasonCode) | st.text(max_size=20),
    params=st.dictionaries(
        st.sampled_from(["team_id", "team", "shift", "role", "key", "self"]) | st.text(max_size=9),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.lists(st.text(max_size=3)),
        max_size=6,
    ),
)
async def test_whatever_a_newer_engine_gives_as_the_reason_the_mail_is_sent(code: str, params: dict[str, Any]) -> None:
    world = World()
    assert await world.notify(cause=Reason(code, params)) == Report("sent")
    assert len(world.sent) == 1


@pytest.mark.parametrize(
    ("code", "params", "said"),
    [
        ("in_team", {"team_id": str(TIMO), "team": "x"}, "Crew A"),
        ("in_team", {"team_id": "zz"}, "in team"),
        ("in_team", {"team_id": None}, "in team"),
        ("in_team_on_shift", {"team_id": str(TIMO)}, "in team on shift"),
        ("full_moon", {"phase": 1}, "full moon"),
    ],
)
async def test_a_reason_that_is_not_known_yet_is_sent_by_its_code(code: str, params: dict[str, Any], said: str) -> None:
    world = World()
    await world.notify(cause=Reason(code, params))
    assert f": {said}\n" in world.sent[0][2].body
