"""What a called member reads, in three languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from haveri_contracts.escalation.models import Purpose
from haveri_contracts.escalation.reasons import Reason, ReasonCode
from haveri_contracts.plain import Severity
from haveri_escalation.application.messages import Notice, letter, short_message, spoken, why_you
from haveri_escalation.texts import CATALOGUE

LINK = "https://haveri.example/answer/demo.eyJ.abc.def"
NOTICE = Notice(
    number="INC-42",
    title="Filler 2 jammed, line 1 down",
    severity=Severity.SEV1,
    purpose=Purpose.TAKE,
    place="Filler 2, Line 1, Tampere Works",
    since=datetime(2026, 11, 23, 3, 14, tzinfo=ZoneInfo("Europe/Helsinki")),
    because="lead of Night",
    link=LINK,
)


def test_a_letter_says_what_where_since_when_and_why_with_one_link() -> None:
    text = letter(NOTICE, "en")
    assert text.subject == "[SEV1] INC-42 Filler 2 jammed, line 1 down"
    assert text.body == (
        "Nobody has taken INC-42 yet.\n\n"
        "What: Filler 2 jammed, line 1 down\n"
        "Severity: SEV1\n"
        "Where: Filler 2, Line 1, Tampere Works\n"
        "Since: 23/11/2026 03:14\n"
        "Why you: lead of Night\n\n"
        f"I've got it: {LINK}\n\n"
        "The link opens a page that asks once more. It is for you alone and works for 24 hours.\n"
    )
    assert text.body.count("http") == 1


@pytest.mark.parametrize(
    ("language", "first", "button", "since", "why"),
    [
        ("en", "Nobody has taken INC-42 yet.", "I've got it:", "23/11/2026 03:14", "lead of Night"),
        (
            "fi",
            "Kukaan ei ole vielä ottanut häiriötä INC-42 hoitaakseen.",
            "Minä hoidan:",
            "23.11.2026 3.14",
            "vuoron Night vetäjä",
        ),
        (
            "de",
            "INC-42 hat noch niemand übernommen.",
            "Ich übernehme:",
            "23.11.2026 03:14",
            "Leitung der Schicht Night",
        ),
    ],
)
def test_everybody_reads_their_own_language(language: str, first: str, button: str, since: str, why: str) -> None:
    lead = Reason.of(ReasonCode.HAS_ROLE, role="lead", shift="Night")
    body = letter(replace(NOTICE, because=why_you(lead, "", language)), language).body
    assert body.startswith(first)
    for words in (button, since, why):
        assert words in body


def test_a_language_that_haveri_does_not_speak_becomes_english() -> None:
    assert letter(NOTICE, "sv") == letter(NOTICE, "en")


def test_whoever_lives_in_another_region_reads_their_language() -> None:
    assert letter(NOTICE, "de-AT") == letter(NOTICE, "de")
    assert letter(NOTICE, "fi-FI") == letter(NOTICE, "fi")


def test_whoever_is_asked_to_join_is_told_who_has_it() -> None:
    notice = replace(NOTICE, purpose=Purpose.JOIN, taken_by="Timo Rantanen")
    assert letter(notice, "en").body.startswith("Timo Rantanen has INC-42 and needs more people.")
    assert "I'm coming: https" in letter(notice, "en").body
    assert "Ich komme: https" in short_message(notice, "de").body


def test_a_title_with_line_breaks_stays_one_line_and_cannot_forge_a_header() -> None:
    text = letter(replace(NOTICE, title="Filler 2\r\nBcc: everybody@example.com"), "en")
    assert text.subject == "[SEV1] INC-42 Filler 2 Bcc: everybody@example.com"
    assert "What: Filler 2 Bcc: everybody@example.com\n" in text.body


def test_a_short_message_stays_short_and_keeps_its_link() -> None:
    text = short_message(replace(NOTICE, title="x" * 200), "en")
    assert text.subject == ""
    assert text.body.endswith(f"I've got it: {LINK}")
    assert len(text.body) - len(LINK) < 160


def test_a_voice_speaks_no_address() -> None:
    body = spoken(NOTICE, "fi").body
    assert body.startswith("Tässä Haveri. SEV1, INC-42: Filler 2 jammed")
    assert "http" not in body


def test_without_pages_to_lead_to_one_is_sent_to_chat() -> None:
    assert "Answer in the incident's channel in chat." in letter(replace(NOTICE, link=None), "en").body


@pytest.mark.parametrize("language", CATALOGUE.languages)
def test_everybody_is_told_why_in_their_own_language(language: str) -> None:
    codes = list(ReasonCode)
    for code in codes[: codes.index(ReasonCode.MEMBER_GONE)]:
        why = Reason.of(code, team_id=UUID(int=1), role="lead", shift="Night")
        assert f"reason.{code}" in CATALOGUE
        assert why_you(why, "Crew A", language)
