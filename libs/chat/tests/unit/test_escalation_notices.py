"""What an incident's channel is told about its escalation: in words, by the plant's wall clock, one message a step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from haveri_chat.calls.notices import FOLDED, NOTICED, before_step, notice_of
from haveri_chat.calls.scene import Scene
from haveri_chat.calls.values import Before, Notice
from haveri_chat.plant import Plant
from haveri_contracts.escalation import events
from haveri_contracts.escalation.models import Chain, EndReason, PlacedCall, PlannedStep, Purpose, Trigger
from haveri_contracts.escalation.reasons import Reason, ReasonCode
from haveri_contracts.incident.models import Incident
from haveri_contracts.plain import Severity
from haveri_contracts.streams import GATEWAY_ESCALATIONS

NOW = datetime(2026, 11, 21, 1, 25, tzinfo=UTC)
RUN = UUID(int=11)
Tells = Callable[..., Notice | None]


@pytest.fixture
def tells(plant: Plant, make_incident: Callable[..., Incident]) -> Tells:
    """The notice of an event: `tells(kind, **fields, before=…, locale=…)`."""

    def tell(
        kind: type[events.EscalationEvent], *, before: Before | None = None, locale: str = "en", **fields: Any
    ) -> Notice | None:
        about: dict[str, Any] = {"incident_id": make_incident().id}
        if "run_id" in kind.model_fields:
            about["run_id"] = RUN
        scene = Scene(
            make_incident(),
            replace(plant, organization=plant.organization.model_copy(update={"locale": locale})),
            NOW,
        )
        return notice_of(kind(**about, **fields), before or Before(), scene)

    return tell


@pytest.fixture
def placed(known_id: Callable[[str], UUID]) -> Callable[..., PlacedCall]:
    """A call of a member by name."""

    def place(name: str, **more: Any) -> PlacedCall:
        return PlacedCall(call_id=UUID(int=len(name)), member_id=known_id(name), **more)

    return place


def fired(calls: list[PlacedCall], step: int = 1, **more: Any) -> dict[str, Any]:
    return {"round": 1, "step": step, "due_at": NOW, "fired_at": NOW, "calls": calls, **more}


def test_the_first_step_says_who_is_called(
    tells: Tells, placed: Callable[..., PlacedCall], known_id: Callable[[str], UUID]
) -> None:
    notice = tells(events.StepFired, **fired([placed("Aino Virtanen"), placed("Mikko Laine")]))
    assert notice == Notice("INC-4: calling {people}.", (known_id("Aino Virtanen"), known_id("Mikko Laine")))


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(15, "15 min"), (90, "1 h 30 min"), (0.5, "30 s"), (1.5, "1 min")],
)
def test_a_later_step_says_for_how_long_nobody_has_answered(
    tells: Tells, placed: Callable[..., PlacedCall], minutes: float, said: str
) -> None:
    before = Before(Trigger.DECLARED, minutes)
    notice = tells(events.StepFired, before=before, **fired([placed("Mikko Salo")], step=2))
    assert notice is not None
    assert notice.text == f"Nobody has taken INC-4 for {said}: calling {{people}}."


def test_unanswered_time_is_folded_into_the_step_that_follows() -> None:
    about: dict[str, Any] = {"incident_id": UUID(int=1), "run_id": RUN}
    began = events.EscalationStarted(**about, trigger=Trigger.BY_HAND, chain=Chain(steps=[]), steps=[], started_at=NOW)
    unacked = events.EscalationUnacked(**about, round=1, step=1, minutes=15)
    assert before_step(began, unacked) == Before(Trigger.BY_HAND, 15)
    assert before_step(None, None) == Before()
    assert {events.EscalationUnacked, events.EscalationStarted} == set(FOLDED)


@pytest.mark.parametrize(
    ("trigger", "beginning"),
    [
        (Trigger.BY_HAND, "More people are needed in INC-4: calling"),
        (Trigger.SEVERITY_CHANGED, "INC-4 is SEV1 now: calling"),
        (Trigger.REOPENED, "INC-4 is open again: calling"),
        (Trigger.ACKNOWLEDGEMENT_EXPIRED, "INC-4 was taken and nothing has happened since, so it is nobody's again"),
        (Trigger.MITIGATION_OVERDUE, "INC-4 is not mitigated in time: calling"),
    ],
)
def test_why_a_chain_began_is_said_with_its_first_step(
    tells: Tells, placed: Callable[..., PlacedCall], trigger: Trigger, beginning: str
) -> None:
    notice = tells(events.StepFired, before=Before(trigger), **fired([placed("Mikko Salo")]))
    assert notice is not None
    assert notice.text.startswith(beginning)


def test_who_is_held_by_quiet_hours_is_said_with_the_plants_time_and_not_mentioned(
    tells: Tells, placed: Callable[..., PlacedCall], known_id: Callable[[str], UUID]
) -> None:
    held = placed("Mikko Salo", held_until=NOW + timedelta(hours=3))
    notice = tells(events.StepFired, **fired([placed("Aino Virtanen"), held]))
    assert notice is not None
    assert notice.people == (known_id("Aino Virtanen"),)
    assert notice.text.endswith("Not called before 06:25, because of quiet hours: Mikko Salo.")


def test_who_was_named_in_vain_and_who_was_called_before_is_said(
    tells: Tells, placed: Callable[..., PlacedCall], known_id: Callable[[str], UUID]
) -> None:
    off = Reason.of(ReasonCode.TEAM_OFF_SHIFT, team_id=known_id("Packing"))
    more = {"already_called": [known_id("Mikko Laine")], "in_vain": [off]}
    notice = tells(events.StepFired, **fired([placed("Petra Adam")], step=0, **more))
    assert notice is not None
    assert notice.text == (
        "INC-4 goes to the last resort: calling {people}. Called already: Mikko Laine. Nobody of Packing is on shift."
    )
    nobody = tells(events.StepFired, **fired([], **more))
    assert nobody is not None
    assert nobody.text.startswith("INC-4: this step calls nobody now.")


def test_those_who_are_asked_to_help_are_asked_to_join(tells: Tells, placed: Callable[..., PlacedCall]) -> None:
    notice = tells(events.StepFired, **fired([placed("Mikko Salo", purpose=Purpose.JOIN)]))
    assert notice is not None
    assert notice.text == "INC-4: asking {people} to join."


SAYINGS: list[tuple[type[events.EscalationEvent], dict[str, Any], str]] = [
    (
        events.EscalationSilenced,
        {"window_id": UUID(int=2), "until": NOW + timedelta(hours=11), "reason": "belt change"},
        "Nobody is called for INC-4, it is silent until 14:25: belt change",
    ),
    (
        events.EscalationResumed,
        {"window_id": UUID(int=2), "steps": [PlannedStep(round=1, step=2, due_at=NOW + timedelta(minutes=10))]},
        "The maintenance window is over, the escalation of INC-4 goes on. Next step: 03:35.",
    ),
    (
        events.MitigationOverdue,
        {"taken_by": "Aino Virtanen", "taken_at": NOW, "within_minutes": 60},
        "Aino Virtanen took INC-4 at 03:25. It is not mitigated within 1 h 0 min.",
    ),
    (
        events.PolicyMissing,
        {"facility_id": "Tampere Works", "severity": Severity.SEV1},
        "No escalation policy fits INC-4 (SEV1, Tampere Works). The last resort is called; "
        "an administrator can add one.",
    ),
    (
        events.MemberUnreachable,
        {"call_id": UUID(int=3), "member_id": "Mikko Laine", "reason": "no way to reach them"},
        "Mikko Laine cannot be reached: no way to reach them",
    ),
    (
        events.MemberUnreachable,
        {
            "call_id": UUID(int=3),
            "member_id": "Mikko Laine",
            "causes": [
                Reason.of(ReasonCode.NO_ANSWER, via="chat"),
                Reason.of(ReasonCode.WAY_FAILED, via="sms", words="unknown number"),
            ],
        },
        "Mikko Laine cannot be reached: no answer from chat; sms: unknown number",
    ),
    (
        events.StepsReplanned,
        {
            "steps": [PlannedStep(round=1, step=2, due_at=NOW)],
            "reason": "",
            "cause": Reason.of(ReasonCode.NOBODY_REACHABLE, step=1),
        },
        "The next step for INC-4 comes at another time: nobody whom step 1 called can be reached",
    ),
    (
        events.StepsReplanned,
        {"steps": [PlannedStep(round=1, step=2, due_at=NOW)], "reason": "nobody could be reached"},
        "The next step for INC-4 comes at another time: nobody could be reached",
    ),
    (
        events.EscalationEnded,
        {"reason": EndReason.ACKNOWLEDGED, "by_member_id": "Aino Virtanen", "at": NOW},
        "Aino Virtanen took INC-4 at 03:25. Nobody else is called.",
    ),
    (
        events.NotificationAnswered,
        {"call_id": UUID(int=3), "member_id": "Mikko Laine", "purpose": Purpose.JOIN},
        "Mikko Laine is coming.",
    ),
]


@pytest.mark.parametrize(("kind", "fields", "text"), SAYINGS, ids=lambda value: getattr(value, "name", None))
def test_each_turn_of_an_escalation_is_one_sentence(
    tells: Tells,
    known_id: Callable[[str], UUID],
    kind: type[events.EscalationEvent],
    fields: dict[str, Any],
    text: str,
) -> None:
    names = {"taken_by", "member_id", "by_member_id", "facility_id"}
    given = {name: known_id(value) if name in names else value for name, value in fields.items()}
    notice = tells(kind, **given)
    assert notice is not None
    assert notice.text == text


@pytest.mark.parametrize("last_resort", [True, False])
def test_an_exhausted_chain_says_what_follows(tells: Tells, last_resort: bool) -> None:
    notice = tells(events.EscalationExhausted, last_resort=last_resort)
    assert notice is not None
    assert ("The last resort is called" in notice.text) == last_resort
    assert ("/escalate" in notice.text) != last_resort


@pytest.mark.parametrize("reason", [reason for reason in EndReason if reason is not EndReason.ACKNOWLEDGED])
def test_an_end_that_is_not_somebody_taking_it_is_not_told(tells: Tells, reason: EndReason) -> None:
    assert tells(events.EscalationEnded, reason=reason, at=NOW) is None


def test_taking_an_incident_is_told_once_and_not_by_the_answered_call(
    tells: Tells, known_id: Callable[[str], UUID]
) -> None:
    answered = {"call_id": UUID(int=3), "member_id": known_id("Aino Virtanen"), "purpose": Purpose.TAKE}
    assert tells(events.NotificationAnswered, **answered) is None


def test_one_taking_that_ends_several_runs_is_one_notice(tells: Tells, known_id: Callable[[str], UUID]) -> None:
    def taken(at: datetime) -> str | None:
        fields = {"reason": EndReason.ACKNOWLEDGED, "by_member_id": known_id("Aino Virtanen"), "at": at}
        notice = tells(events.EscalationEnded, **fields)
        return notice.key if notice else None

    assert taken(NOW)
    assert taken(NOW) == taken(NOW)
    assert taken(NOW) != taken(NOW + timedelta(minutes=1))


def test_a_new_lead_whom_the_workflow_mentions_is_not_mentioned_twice(
    tells: Tells, placed: Callable[..., PlacedCall]
) -> None:
    by_hand = Before(Trigger.BY_HAND)
    assert tells(events.StepFired, before=by_hand, **fired([placed("Aino Virtanen", purpose=Purpose.JOIN)])) is None
    assert tells(events.StepFired, before=by_hand, **fired([placed("Mikko Salo", purpose=Purpose.JOIN)])) is not None


@pytest.mark.parametrize("locale", ["fi", "de"])
def test_the_channel_is_spoken_to_in_the_organisations_language(
    tells: Tells, placed: Callable[..., PlacedCall], locale: str
) -> None:
    before = Before(Trigger.DECLARED, 15)
    notice = tells(events.StepFired, before=before, locale=locale, **fired([placed("Mikko Salo")], step=2))
    expected = {
        "fi": "Kukaan ei ole ottanut häiriötä INC-4 hoitaakseen, odotettu 15 min: kutsutaan {people}.",
        "de": "Seit 15 min hat niemand INC-4 übernommen: Gerufen wird {people}.",
    }
    assert notice is not None
    assert notice.text == expected[locale]


def test_every_event_that_gateways_are_given_is_known_here() -> None:
    heard = {subject.split(".")[-2] for subject in GATEWAY_ESCALATIONS.subjects}
    known = {kind.name for kind in (*NOTICED, *FOLDED)}
    told_otherwise = {"notification_requested", "calls_withdrawn", "step_skipped", "step_overdue"}
    assert heard == known | told_otherwise
