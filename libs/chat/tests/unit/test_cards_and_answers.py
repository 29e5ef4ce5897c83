"""What people see: cards that say what is so, and answers in their own language."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

import haveri_chat
from haveri_chat import answers
from haveri_chat.cards import Card, ChannelLink, Facts, Heading, Note, Text, Tone
from haveri_chat.cards.incident import channel_name, global_card, workflow_card
from haveri_chat.commands import USAGES
from haveri_chat.commands.help import help_card
from haveri_chat.commands.incidents import incidents_card
from haveri_chat.commands.oncall import on_call_card
from haveri_chat.commands.timeline import timeline_card
from haveri_chat.moments import clock, stretch
from haveri_chat.plant import Plant, Who
from haveri_chat.texts import CATALOGUE
from haveri_contracts.directory.models import OnShift
from haveri_contracts.incident.models import Impact, Incident, Summary
from haveri_contracts.outcomes import Problem
from haveri_contracts.plain import EntryType, Severity, Status
from haveri_contracts.timeline.models import TimelineEntry
from haveri_texts import day
from haveri_texts.upkeep import findings

NOW = datetime(2026, 11, 21, 1, 25, tzinfo=UTC)


def facts(card: Card) -> dict[str, str]:
    return {label: value for block in card.blocks if isinstance(block, Facts) for label, value in block.rows}


def everything(card: Card) -> str:
    words = [block.text for block in card.blocks if isinstance(block, Heading | Text | Note)]
    return " ".join([*words, *(f"{label} {value}" for label, value in facts(card).items())])


def test_the_workflow_card_says_what_where_and_who_in_the_plants_own_time(
    make_incident: Callable[..., Incident], plant: Plant
) -> None:
    card = workflow_card(make_incident(), plant, now=NOW)
    assert card.blocks[0] == Heading("INC-4 Filler 2 jammed, line 1 down", Tone.DANGER)
    assert facts(card) == {
        "Where": "Tampere Works · Line 1 · Filler 2",
        "Severity": "SEV1, line down",
        "Status": "Declared",
        "Lead": "Aino Virtanen",
        "Communications": "–",
        "Since": "03:10",
        "Declared by": "Aino Virtanen",
    }
    assert any(isinstance(block, Note) for block in card.blocks)


def test_an_incident_without_a_lead_says_so(make_incident: Callable[..., Incident], plant: Plant) -> None:
    assert "Nobody leads yet." in everything(workflow_card(make_incident(assigned_to=None), plant, now=NOW))


@pytest.mark.parametrize(
    ("status", "acknowledged", "verbs"),
    [
        (Status.DECLARED, False, {"ack", "status", "did", "resolve", "escalate", "lead", "comms", "note", "sev"}),
        (Status.INVESTIGATING, True, {"status", "did", "resolve", "escalate", "lead", "comms", "note", "sev"}),
        (Status.RESOLVED, True, {"close", "amend", "note", "reopen"}),
        (Status.CLOSED, True, {"amend", "note", "reopen"}),
    ],
)
def test_the_card_offers_what_makes_sense_now(
    make_incident: Callable[..., Incident], plant: Plant, status: Status, acknowledged: bool, verbs: set[str]
) -> None:
    incident = make_incident(status=status, acknowledged_at=NOW if acknowledged else None)
    assert {button.verb for button in workflow_card(incident, plant, now=NOW).buttons()} == verbs


def test_only_statuses_that_may_follow_are_offered(make_incident: Callable[..., Incident], plant: Plant) -> None:
    for status, expected in {
        Status.DECLARED: {"INVESTIGATING", "MITIGATED"},
        Status.INVESTIGATING: {"MITIGATED"},
        Status.MITIGATED: {"INVESTIGATING"},
    }.items():
        buttons = workflow_card(make_incident(status=status), plant, now=NOW).buttons()
        assert {button.data["value"] for button in buttons if button.verb == "status"} == expected


def test_a_button_keeps_its_nonce_and_a_newer_card_has_another(
    make_incident: Callable[..., Incident], plant: Plant
) -> None:
    nonces = [
        {button.data["nonce"] for button in workflow_card(make_incident(version=version), plant, now=NOW).buttons()}
        for version in (1, 1, 2)
    ]
    assert nonces[0] == nonces[1]
    assert not nonces[0] & nonces[2]
    assert len(nonces[0]) == len(workflow_card(make_incident(), plant, now=NOW).buttons())


def test_a_resolved_incidents_card_carries_its_summary(make_incident: Callable[..., Incident], plant: Plant) -> None:
    summary = Summary(
        what_happened="Sensor failed", resolution="Replaced", impact=Impact(duration_minutes=45, lines_affected=1)
    )
    incident = make_incident(status=Status.RESOLVED, resolved_at=NOW, summary=summary)
    shown = facts(workflow_card(incident, plant, now=NOW + timedelta(hours=9)))
    assert (shown["What happened"], shown["Impact"], shown["Resolved"]) == (
        "Sensor failed",
        "45 min down, 1 line",
        "03:25",
    )


def test_the_global_card_leads_to_the_channel_and_says_how_long(
    make_incident: Callable[..., Incident], plant: Plant
) -> None:
    card = global_card(make_incident(), plant, channel="c-1", now=NOW)
    assert facts(card)["Open for"] == "15 min"
    assert ChannelLink("Go to the incident", "c-1") in card.blocks
    over = make_incident(status=Status.RESOLVED, resolved_at=NOW)
    assert facts(global_card(over, plant, channel="c-1", now=NOW + timedelta(days=3)))["Lasted"] == "15 min"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Filler 2 jammed, line 1 down", "inc-1-filler-2-jammed"),
        ("Täyttökone jumissa: öljyä", "inc-1-tayttokone-jumissa"),
        ("Straße blockiert – Tor 3", "inc-1-strasse-blockiert"),
        ("Press 7.5 bar lost", "inc-1-press-7-5-bar-lost"),
        ("pump-house flooded", "inc-1-pump-house-flooded"),
        ("🔥🔥", "inc-1"),
        ("تعطل", "inc-1"),
        (
            "a very long title that goes on and on without any clause at all",
            "inc-1-a-very-long-title-that-goes-on-and-on",
        ),
    ],
)
def test_a_channel_is_named_after_the_first_clause(title: str, name: str) -> None:
    assert channel_name("INC-1", title) == name


@given(st.text(min_size=1, max_size=300))
def test_every_title_gives_a_name_that_a_platform_takes(title: str) -> None:
    assert re.fullmatch(r"inc-1(-[a-z0-9]+)*", channel_name("INC-1", title))
    assert len(channel_name("INC-1", title)) <= 50


def test_times_are_said_as_each_language_says_them() -> None:
    moment = datetime(2026, 11, 21, 1, 10, tzinfo=UTC)
    said = {locale: clock(moment, "Europe/Helsinki", locale, moment) for locale in ("en", "fi", "de")}
    assert said == {"en": "03:10", "fi": "klo 3.10", "de": "03:10"}
    assert clock(moment, "Europe/Berlin", "de", moment + timedelta(days=1)) == "21.11.2026 02:10"
    assert day(date(2026, 12, 4), "fi") == "4.12.2026"
    assert [stretch(timedelta(minutes=count), "en") for count in (0, 59, 61, 3000)] == [
        "0 min",
        "59 min",
        "1 h 1 min",
        "2 d 2 h",
    ]


def test_help_is_by_role(named: Callable[[str], Who]) -> None:
    assert set(facts(help_card(named("Aino Virtanen")))) == set(USAGES.values())
    viewer = help_card(named("Ville Visitor"))
    assert "/incidents" in facts(viewer)
    assert USAGES["incident"] not in facts(viewer)


def test_a_stranger_is_told_whom_to_ask_and_with_which_id(plant: Plant) -> None:
    names = [member.name for member in plant.administrators]
    told = answers.unknown_person("en", "user-77", names)
    assert "Petra Adam" in told
    assert "user-77" in told
    assert "an administrator" in answers.unknown_person("en", "user-77", [])


def test_a_refusal_is_told_in_ones_language_and_an_unheard_one_in_its_own_words() -> None:
    closed = Problem(type="incident-already-closed", title="t", detail="d")
    assert answers.refused("fi", closed).startswith("Häiriö on suljettu")
    assert answers.refused("fi", Problem(type="new-one", title="No.", detail="Because.")) == "No. Because."


def test_lists_show_what_is_open_who_is_on_shift_and_what_happened(
    make_incident: Callable[..., Incident], plant: Plant, named: Callable[[str], Who], known_id: Callable[[str], UUID]
) -> None:
    who, incident = named("Jonas Weber"), make_incident(chat_channel_ref="c-1")
    listed = incidents_card(who, plant, [incident], now=NOW)
    assert "INC-4 · SEV1 · Gemeldet" in everything(listed)
    assert ChannelLink("INC-4", "c-1") in listed.blocks
    assert "Keine offenen" in everything(incidents_card(who, plant, [], now=NOW))
    shift = OnShift(member_id=known_id("Aino Virtanen"), team_id=known_id("Packing"), shift="Night")
    on_shift = {known_id("Tampere Works"): [shift], known_id("Leipzig Works"): []}
    said = everything(on_call_card(who, plant, on_shift, now=NOW))
    assert "Packing · Night Aino Virtanen" in said
    assert "Niemand" in said
    entry = TimelineEntry(
        seq=1,
        event_id=UUID(int=1),
        type=EntryType.STATUS_CHANGE,
        occurred_at=NOW,
        recorded_at=NOW,
        actor=f"member:{known_id('Aino Virtanen')}",
        source_type="haveri.incident.status_updated.v1",
        payload={"status": "MITIGATED", "note": "bypass"},
        hash="0",
        previous_hash="0",
    )
    told = everything(timeline_card(named("Aino Virtanen"), plant, incident, [entry]))
    assert "Aino Virtanen: status · MITIGATED · bypass" in told
    for said, reason, cause in (
        ("file film.mp4 was too large", "file film.mp4 was too large", None),
        ("notified · larger than 25 MB", "file too large", {"code": "file_too_large", "params": {"megabytes": 25}}),
        ("notified · Haveri asked for more people", "", {"code": "asked_for_more", "params": {}}),
    ):
        failed = entry.model_copy(
            update={"type": EntryType.NOTIFICATION, "payload": {"reason": reason, "cause": cause}}
        )
        assert said in everything(timeline_card(named("Aino Virtanen"), plant, incident, [failed]))
    newer = entry.model_copy(update={"type": "handover", "source_type": "haveri.workshop.handover.v1"})
    told = everything(timeline_card(named("Aino Virtanen"), plant, incident, [newer]))
    assert "Aino Virtanen: something else" in told


def test_every_text_is_there_in_every_language_with_the_same_values() -> None:
    assert findings(CATALOGUE.locales, CATALOGUE.english) == []
    assert set(CATALOGUE.languages) >= {"en", "fi", "de"}
    assert all(CATALOGUE.english.values())


def test_every_text_that_is_said_exists_and_none_is_left_over() -> None:
    sources = [path for path in Path(haveri_chat.__file__).parent.rglob("*.py") if path.parent.name != "texts"]
    code = "\n".join(path.read_text() for path in sources)
    exact = set(re.findall(r"""["']([a-z_]+\.[a-z_A-Z0-9.-]+)["']""", code)) & set(CATALOGUE.english)
    begun = set(re.findall(r"""f["']([a-z_]+\.)\{""", code))
    prefixes = (*begun, "root_cause_category.", "resolution_type.", "form.", "words.", "reason.")
    left_over = {key for key in CATALOGUE.english if key not in exact and not key.startswith(prefixes)}
    assert left_over == {"time"}
    for status in Status:
        assert {f"status.{status}", f"words.status.{status}"} <= CATALOGUE.english.keys()
    for severity in Severity:
        assert f"severity.{severity}" in CATALOGUE.english
    for kind in EntryType:
        assert f"entry.{kind}" in CATALOGUE.english
    for command in USAGES:
        assert {f"help.{command}", f"words.command.{command}"} <= CATALOGUE.english.keys()
