"""What the timeline and exports say of escalations: names and clocks, never ids, in every language."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haveri_contracts.directory.contacts import Via
from haveri_contracts.directory.models import Organization
from haveri_contracts.escalation import events
from haveri_contracts.escalation.models import (
    Chain,
    EndReason,
    PlacedCall,
    PlannedStep,
    Purpose,
    Trigger,
)
from haveri_contracts.escalation.reasons import Reason, ReasonCode
from haveri_contracts.incident.events import AcknowledgementExpired
from haveri_contracts.message import Event
from haveri_contracts.plain import Severity
from haveri_directory_copy.directory import Directory
from haveri_web.escalations.words import Described, EscalationWords
from haveri_web.policies.reasons import ReasonWords
from haveri_web.texts import CATALOGUE, translator

AT = datetime(2026, 11, 28, 1, 10, tzinfo=UTC)
AINO, MIKKO, TIMO = UUID(int=1), UUID(int=2), UUID(int=3)
NAMES = {AINO: "Aino Korhonen", MIKKO: "Mikko Laine", TIMO: "Timo Nieminen"}
ABOUT = {"incident_id": UUID(int=9), "run_id": UUID(int=8)}
CALL = {**ABOUT, "call_id": UUID(int=7), "member_id": AINO}


def _call(member_id: UUID, held_until: datetime | None = None) -> PlacedCall:
    return PlacedCall(call_id=UUID(int=7), member_id=member_id, held_until=held_until)


SAID: list[tuple[Event, str, str]] = [
    (
        events.EscalationStarted(
            **ABOUT, trigger=Trigger.DECLARED, policy_name="SEV1 anywhere", policy_version=3, why="It names areas.",
            chain=Chain(steps=[]), steps=[], started_at=AT,
        ),
        "Calling began · policy “SEV1 anywhere”, version 3",
        "It names areas.",
    ),
    (
        events.StepFired(
            **ABOUT, round=2, step=1, due_at=AT, fired_at=AT, already_called=[MIKKO],
            calls=[_call(AINO), _call(TIMO, AT + timedelta(hours=3))], missing=["Nobody of Crew A is on shift"],
        ),
        "Step 1, round 2: calling Aino Korhonen; Timo Nieminen is held until 28/11/2026 06:10;"
        " already called: Mikko Laine",
        "Nobody of Crew A is on shift",
    ),
    (
        events.StepFired(**ABOUT, round=1, step=0, due_at=AT, fired_at=AT, calls=[]),
        "Last resort: nobody was called",
        "",
    ),
    (
        events.StepSkipped(**ABOUT, round=1, step=2, due_at=AT, reason="Aino Korhonen has it."),
        "Step 2 was not needed",
        "Aino Korhonen has it.",
    ),
    (events.EscalationUnacked(**ABOUT, round=1, step=1, minutes=15), "Nobody took it within 15 minutes (Step 1)", ""),
    (events.CallReleased(**CALL), "Aino Korhonen is called now: the quiet hours are over", ""),
    (events.MemberUnreachable(**CALL, reason="no phone"), "Aino Korhonen cannot be reached", "no phone"),
    (
        events.EscalationExhausted(**ABOUT, last_resort=True),
        "All steps are over and nobody has it: the last resort is called",
        "",
    ),
    (
        events.EscalationSilenced(**ABOUT, window_id=UUID(int=6), until=AT, reason="Oil change"),
        "Silenced by maintenance until 28/11/2026 03:10",
        "Oil change",
    ),
    (
        events.EscalationResumed(**ABOUT, window_id=UUID(int=6), steps=[PlannedStep(round=1, step=2, due_at=AT)]),
        "The maintenance window is over, calling goes on. Next at 28/11/2026 03:10",
        "",
    ),
    (
        events.StepsReplanned(**ABOUT, steps=[], reason="Nobody was reachable."),
        "Steps come at other times.",
        "Nobody was reachable.",
    ),
    (
        events.EscalationEnded(**ABOUT, reason=EndReason.ACKNOWLEDGED, by_member_id=AINO, at=AT),
        "Calling ended: Aino Korhonen has it",
        "",
    ),
    (
        events.CallsWithdrawn(**ABOUT, call_ids=[UUID(int=7)], reason=EndReason.RESOLVED, at=AT),
        "Calls withdrawn: 1",
        "",
    ),
    (
        events.MitigationOverdue(incident_id=UUID(int=9), taken_by=AINO, taken_at=AT, within_minutes=0.5),
        "Taken by Aino Korhonen and not mitigated within 0.5 minutes",
        "",
    ),
    (
        events.PolicyMissing(incident_id=UUID(int=9), facility_id=UUID(int=5), severity=Severity.SEV2),
        "No policy fits SEV2 here and there is no default: the last resort is called",
        "",
    ),
    (
        events.StepOverdue(**ABOUT, round=1, step=2, due_at=AT, found_at=AT),
        "Step 2 was due at 28/11/2026 03:10 and late; the engine was told again",
        "",
    ),
    (events.NotificationSent(**CALL, via=Via.SMS), "Sent to Aino Korhonen by SMS", ""),
    (events.NotificationDelivered(**CALL, via=Via.CHAT), "Reached Aino Korhonen by chat", ""),
    (
        events.NotificationFailed(**CALL, via=Via.EMAIL, reason="mailbox full"),
        "Did not reach Aino Korhonen by e-mail",
        "mailbox full",
    ),
    (events.NotificationAnswered(**CALL, purpose=Purpose.JOIN), "Aino Korhonen is coming", ""),
    (
        AcknowledgementExpired(
            incident_id=UUID(int=9), member_id=AINO, acknowledged_at=AT, idle_minutes=30
        ),
        "Aino Korhonen took it and nothing happened for 30 minutes: it is nobody's again",
        "",
    ),
]  # fmt: skip


def _describe(event: Event, column: int = 0) -> Described | None:
    words = EscalationWords(
        translator(CATALOGUE.languages[column]),
        lambda member_id: NAMES[UUID(str(member_id))] if member_id else "",
        ZoneInfo("Europe/Helsinki"),
    )
    return words.describe(f"haveri.{event.owner}.{event.name}.v1", event.model_dump(mode="json", by_alias=True))


@pytest.mark.parametrize(("event", "detail", "text"), SAID, ids=lambda it: it.name if isinstance(it, Event) else "")
def test_the_timeline_says_what_happened_with_names_and_the_plants_clock(event: Event, detail: str, text: str) -> None:
    assert _describe(event) == Described(detail, text)


@pytest.mark.parametrize("trigger", list(Trigger))
@pytest.mark.parametrize("column", range(len(CATALOGUE.languages)))
def test_every_beginning_and_every_end_has_words_in_every_language(trigger: Trigger, column: int) -> None:
    began = events.EscalationStarted(**ABOUT, trigger=trigger, chain=Chain(steps=[]), steps=[], started_at=AT)
    said = [_describe(began, column)]
    said += [_describe(events.EscalationEnded(**ABOUT, reason=reason, at=AT), column) for reason in EndReason]
    assert all(it and " " in it.detail and "{" not in it.detail for it in said)


def test_every_way_to_be_called_has_a_name() -> None:
    for column in range(len(CATALOGUE.languages)):
        for via in Via:
            said = _describe(events.NotificationSent(**CALL, via=via), column)
            assert said is not None and "Aino Korhonen" in said.detail and "via" not in said.detail


def test_what_is_not_of_an_escalation_is_left_to_others() -> None:
    words = EscalationWords(translator(CATALOGUE.languages[0]), str, ZoneInfo("UTC"))
    assert words.describe("haveri.incident.declared.v1", {}) is None and words.describe("nonsense", {}) is None


def test_an_older_or_half_written_event_still_reads() -> None:
    words = EscalationWords(translator(CATALOGUE.languages[0]), lambda member_id: "", ZoneInfo("UTC"))
    for event, _, _ in SAID:
        assert words.describe(f"haveri.{event.owner}.{event.name}.v1", {}) is not None


DIRECTORY = Directory(
    organization=Organization(id="demo", name="Demo", locale="en"),
    facilities={}, areas={}, assets={}, teams={}, members={},
)  # fmt: skip
EVERYTHING = {
    "team_id": UUID(int=1), "member_id": UUID(int=2), "area_ids": [UUID(int=3)], "asset_types": ["press"],
    "shift": "Night", "role": "lead", "count": 3, "end": "acknowledged", "step": 1, "via": "sms", "minutes": 20.0,
    "words": "mailbox full", "number": "INC-1", "policy": "Presses", "other": "All", "severity": "SEV1",
    "severities": ["SEV2", "SEV3"], "weekday": "SAT", "clock": "03:10", "priority": 2, "other_priority": 1,
    "seconds": 20, "detail": "403", "name": "Mikko", "first": "inc-1", "last": "inc-1-9", "megabytes": 1,
    "times": [{"days": ["SAT"], "from": "22:00", "to": "06:00", "shift": None, "holidays": "any"}],
}  # fmt: skip


@pytest.mark.parametrize("language", CATALOGUE.languages)
@pytest.mark.parametrize("code", ReasonCode)
def test_every_reason_has_words_in_every_language(code: ReasonCode, language: str) -> None:
    assert f"reason.{code}" in CATALOGUE
    words = ReasonWords(DIRECTORY, translator(language)).reason(asdict(Reason.of(code, **EVERYTHING)))
    assert words and "{" not in words and "reason" not in words


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.uuids().map(str),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)
PARAMS = st.sampled_from([*EVERYTHING, "why", "key", "language", "self"]) | st.text(max_size=9)


@given(code=st.sampled_from(ReasonCode) | JSON, params=st.dictionaries(PARAMS, JSON, max_size=9) | JSON)
def test_whatever_a_newer_service_gives_as_a_reason_there_is_a_sentence(code: Any, params: Any) -> None:
    assert isinstance(ReasonWords(DIRECTORY, translator("fi-FI")).reason({"code": code, "params": params}), str)


@pytest.mark.parametrize(
    ("code", "params", "said"),
    [
        ("in_team", {}, "in team"),
        ("in_team", {"team_id": "zz"}, "in team"),
        ("in_team", {"team_id": None}, "in team"),
        ("other_area", {"policy": "Presses", "area_ids": None}, "other area"),
        ("other_area", {"policy": "Presses", "area_ids": "abc"}, "other area"),
        ("policy_fits", {"policy": "p", "severity": "SEV0", "weekday": "MON", "clock": "10:00"}, "policy fits"),
        ("policy_fits", {"policy": "p", "severity": "SEV1", "weekday": "MON"}, "policy fits"),
        ("not_mitigated", {"number": "INC-1", "minutes": "abc"}, "not mitigated"),
        ("not_mitigated", {"number": "INC-1", "minutes": 1e300}, "not mitigated"),
        ("more", {"count": 3}, "more"),
        ("by_name", {"key": "x", "language": "x", "self": "x"}, "by name"),
    ],
)
def test_a_reason_whose_parameters_do_not_fit_is_shown_by_its_code(code: str, params: Any, said: str) -> None:
    assert ReasonWords(DIRECTORY, translator("en")).reason({"code": code, "params": params}) == said


REASON_FIELDS = ("cause", "causes", "in_vain", "because_of", "why", "note", "reason")


@given(payload=st.dictionaries(st.sampled_from(REASON_FIELDS), JSON, min_size=1))
def test_a_newer_event_may_mean_something_else_by_a_reasons_name(payload: dict[str, Any]) -> None:
    ReasonWords(DIRECTORY, translator("en")).data({**payload, "more": [payload]})


def test_texts_beside_reasons_say_them_and_older_texts_stay_as_they_came() -> None:
    words = ReasonWords(DIRECTORY, translator("de"))
    taken = {"code": "taken", "params": {}}
    old = {"reason": "INC-1 is taken", "cause": None, "in_vain": [], "missing": ["nobody of Packing is on shift"]}
    assert words.data(old) == old
    assert words.data({"reason": "", "cause": taken})["reason"] == "die Störung ist übernommen"
    assert words.data({"missing": [], "in_vain": [{"code": "team_gone"}]})["missing"] == [
        "ein Team, das es nicht mehr gibt"
    ]
    assert (
        words.data({"calls": [{"because": "", "cause": taken}]})["calls"][0]["because"] == "die Störung ist übernommen"
    )
    assert words.data({"because": {}, "because_of": {"x": {"code": "by_name"}}})["because"] == {"x": "namentlich"}
    assert words.data({"note": "", "causes": [taken, {"code": "full_moon"}]})["note"] == (
        "die Störung ist übernommen; full moon"
    )


def test_a_timeline_tells_reasons_in_the_readers_language() -> None:
    taken = Reason.of(ReasonCode.TAKEN)
    event = events.StepSkipped(**ABOUT, round=1, step=1, due_at=AT, reason="", cause=taken)
    finnish = translator("fi")
    words = EscalationWords(finnish, lambda member_id: "", ZoneInfo("UTC"), ReasonWords(DIRECTORY, finnish))
    told = words.describe("haveri.escalation.step_skipped.v1", event.model_dump(mode="json"))
    assert told is not None and told.text == "joku hoitaa häiriötä"


def test_why_a_way_failed_is_said_in_the_readers_language_with_the_providers_own_answer() -> None:
    refused = asdict(Reason.of(ReasonCode.PROVIDER_REFUSED, detail="550 mailbox full"))
    failed = asdict(Reason.of(ReasonCode.WAY_FAILED, via="email", words="provider refused", why=refused))
    assert ReasonWords(DIRECTORY, translator("de")).reason(failed) == "E-Mail: abgelehnt: „550 mailbox full“"
    older = asdict(Reason.of(ReasonCode.WAY_FAILED, via="email", words="mailbox full"))
    assert ReasonWords(DIRECTORY, translator("de")).reason(older) == "E-Mail: mailbox full"


def test_what_did_not_get_into_the_channel_is_said_in_the_readers_language_and_older_ones_as_they_came() -> None:
    finnish = translator("fi")
    words = EscalationWords(finnish, lambda member_id: "", ZoneInfo("UTC"), ReasonWords(DIRECTORY, finnish))
    large = asdict(Reason.of(ReasonCode.FILE_TOO_LARGE, megabytes=25))
    for cause, text in ((large, "suurempi kuin 25 Mt"), (None, "larger than 25 MB")):
        payload = {"what": "file film.mp4", "reason": "larger than 25 MB", "cause": cause}
        assert words.describe("haveri.chat.notification_failed.v1", payload) == Described("file film.mp4", text)
