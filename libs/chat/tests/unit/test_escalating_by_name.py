"""`/escalate` finds whom it names; `/oncall` says who is there; a card that was overtaken moves nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from haveri_chat import answers
from haveri_chat.cards import Text
from haveri_chat.commands import buttons
from haveri_chat.commands.oncall import on_call_card
from haveri_chat.conversation import interpret, pressed
from haveri_chat.decisions import AnswerPrivately, Decision, SendCommand, Where
from haveri_chat.grammar import parse
from haveri_chat.plant import Plant, Who
from haveri_chat.requests import Utterance
from haveri_contracts.directory.models import OnShift
from haveri_contracts.escalation.models import Conditions, EscalationPolicy, Notify, Step
from haveri_contracts.incident import commands
from haveri_contracts.incident.models import Incident
from haveri_contracts.plain import Severity, Status

NOW = datetime(2026, 11, 21, 1, 25, tzinfo=UTC)
Says = Callable[[str], Decision]


def policy(name: str, facility_id: UUID, number: int) -> EscalationPolicy:
    return EscalationPolicy(
        id=UUID(int=number),
        name=name,
        facility_id=facility_id,
        conditions=Conditions(severity=[Severity.SEV1]),
        steps=[Step(notify=Notify())],
    )


@pytest.fixture
def says(
    plant: Plant,
    named: Callable[[str], Who],
    new_id: Callable[[], UUID],
    make_incident: Callable[..., Incident],
    known_id: Callable[[str], UUID],
) -> Says:
    """What comes of a text in the channel of an incident at Tampere, where there are policies."""
    tampere, leipzig = known_id("Tampere Works"), known_id("Leipzig Works")
    policies = (
        policy("Night electricians", tampere, 1),
        policy("Packing, serious", tampere, 2),
        policy("Presses", leipzig, 3),
    )
    there = replace(plant, policies=policies)

    def say(text: str) -> Decision:
        request = parse(Utterance(text))
        return interpret(request, named("Aino Virtanen"), Where(make_incident()), there, new_id=new_id)

    return say


def escalated(decision: Decision) -> commands.Escalate:
    assert isinstance(decision, SendCommand), decision
    assert isinstance(decision.command, commands.Escalate)
    return decision.command


def test_a_policy_is_found_by_a_part_of_its_name(says: Says) -> None:
    decision = says("/escalate electricians")
    assert escalated(decision).policy_id == UUID(int=1)
    assert isinstance(decision, SendCommand)
    assert decision.then == "More people are called: Night electricians."


def test_a_team_named_in_full_wins_over_a_policy_that_begins_so(says: Says, known_id: Callable[[str], UUID]) -> None:
    assert escalated(says("/escalate packing")).team_ids == [known_id("Packing")]
    assert escalated(says("/escalate packing serious")).policy_id == UUID(int=2)


def test_another_plants_policy_is_not_for_this_incident(says: Says) -> None:
    decision = says("/escalate presses")
    assert isinstance(decision, AnswerPrivately)


def test_an_unknown_name_gets_the_nearest_ones_and_changes_nothing(says: Says) -> None:
    decision = says("/escalate electrcians")
    assert isinstance(decision, AnswerPrivately)
    assert "Night electricians" in str(decision.content)


def test_alone_it_fires_the_next_step(says: Says) -> None:
    command = escalated(says("/escalate"))
    assert (command.policy_id, command.team_ids, command.member_ids) == (None, [], [])


@pytest.mark.parametrize("now_is", list(Status))
def test_a_card_that_was_overtaken_moves_nothing(
    plant: Plant,
    named: Callable[[str], Who],
    new_id: Callable[[], UUID],
    make_incident: Callable[..., Incident],
    now_is: Status,
) -> None:
    drawn = make_incident(status=Status.DECLARED)
    (mitigate,) = [one for one in buttons(drawn, "en") if one.data.get("value") == Status.MITIGATED]
    there = Where(addressed=make_incident(status=now_is))
    decision = interpret(pressed(mitigate.data), named("Aino Virtanen"), there, plant, new_id=new_id)
    if now_is in (Status.DECLARED, Status.MITIGATED):
        # As it is already, the owner answers: it may be the repeated delivery of a press that took effect.
        assert isinstance(decision, SendCommand)
    else:
        assert isinstance(decision, AnswerPrivately)
        assert "it is" in str(decision.content)
        assert "Nothing was changed" in str(decision.content)


def test_a_button_of_an_older_card_without_its_status_still_works(
    plant: Plant, named: Callable[[str], Who], new_id: Callable[[], UUID], make_incident: Callable[..., Incident]
) -> None:
    incident = make_incident(status=Status.INVESTIGATING)
    data = {"verb": "status", "incident": str(incident.id), "nonce": "1.status", "value": "MITIGATED"}
    decision = interpret(pressed(data), named("Aino Virtanen"), Where(addressed=incident), plant, new_id=new_id)
    assert isinstance(decision, SendCommand)


def test_too_late_names_who_was_first_and_when(
    plant: Plant, named: Callable[[str], Who], make_incident: Callable[..., Incident], known_id: Callable[[str], UUID]
) -> None:
    taken = make_incident(acknowledged_by=known_id("Aino Virtanen"), acknowledged_at=NOW)
    told = answers.taken_already(named("Mikko Laine"), plant, taken, now=NOW)
    assert told == "Aino Virtanen otti häiriön INC-4 hoitaakseen klo 3.25. Mitään ei muutettu."
    assert answers.taken_already(named("Aino Virtanen"), plant, taken, now=NOW).startswith("You have INC-4 already")


def test_on_shift_is_by_team_and_shift_with_leads_first_and_until_when(
    plant: Plant, named: Callable[[str], Who], known_id: Callable[[str], UUID]
) -> None:
    def on(
        name: str, team: str = "Packing", shift: str = "Night", hours: float = 4, roles: list[str] | None = None
    ) -> OnShift:
        end = NOW + timedelta(hours=hours)
        return OnShift(member_id=known_id(name), team_id=known_id(team), shift=shift, roles=roles or [], ends_at=end)

    people = [
        on("Aino Virtanen"),
        on("Mikko Salo", roles=["lead"]),
        on("Petra Adam", shift="Day", hours=6),
        on("Mikko Laine", shift="Day", hours=7, roles=["first aid"]),
        on("Jonas Weber", team="Forming"),
    ]
    card = on_call_card(named("Aino Virtanen"), plant, {known_id("Tampere Works"): people}, now=NOW)
    assert [block.text for block in card.blocks if isinstance(block, Text)] == [
        "Tampere Works, 03:25",
        "Forming · Night, until 07:25",
        "Jonas Weber",
        "Packing · Day",
        "Mikko Laine (first aid, until 10:25), Petra Adam (until 09:25)",
        "Packing · Night, until 07:25",
        "Mikko Salo (lead), Aino Virtanen",
    ]
