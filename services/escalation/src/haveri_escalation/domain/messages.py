"""What a called member reads or hears outside of chat: a letter, a short message, a sentence to be spoken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from haveri_contracts.escalation.models import Purpose
from haveri_contracts.escalation.reasons import Reason
from haveri_contracts.plain import Severity
from haveri_escalation.domain.message_words import WORDS, Words

_SHORT_TITLE = 80


@dataclass(frozen=True, slots=True)
class Notice:
    """What a call is about. `place` reads like `Filler 2, Line 1, Tampere Works`; `since` is in the facility's zone.

    `because` says why this member is called; `taken_by` the name of who has the incident; `link` answers the call.
    """

    number: str
    title: str
    severity: Severity
    purpose: Purpose
    place: str = ""
    since: datetime | None = None
    because: str = ""
    taken_by: str = ""
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """What is sent; some ways have no subject."""

    body: str
    subject: str = ""


def letter(notice: Notice, language: str) -> Text:
    """An e-mail: what, where, since when, why this member, one link."""
    words = _words(language)
    facts = [
        (words.what, _one_line(notice.title)),
        (words.severity, notice.severity.value),
        (words.where, notice.place),
        (words.since, notice.since.strftime(words.moment) if notice.since else ""),
        (words.why_you, _one_line(notice.because)),
    ]
    told = "\n".join(f"{name}: {value}" for name, value in facts if value)
    answer = f"{_button(notice, words)}: {notice.link}\n\n{words.about_link}" if notice.link else words.without_link
    body = f"{_opening(notice, words)}\n\n{told}\n\n{answer}\n"
    return Text(body, f"[{notice.severity.value}] {notice.number} {_one_line(notice.title)}")


def short_message(notice: Notice, language: str) -> Text:
    """An SMS or push message: as much as fits into few characters, and the link."""
    words = _words(language)
    told = f"{notice.severity.value} {notice.number}: {_short(notice.title)}."
    place = f" {notice.place}." if notice.place else ""
    answer = f" {_button(notice, words)}: {notice.link}" if notice.link else f" {words.without_link}"
    return Text(f"{told}{place}{answer}")


def spoken(notice: Notice, language: str) -> Text:
    """What a voice says; a link would be of no use."""
    words = _words(language)
    place = f" {notice.place}." if notice.place else ""
    told = f"{words.this_is_haveri} {notice.severity.value}, {notice.number}: {_short(notice.title)}."
    return Text(f"{told}{place} {_opening(notice, words)} {words.without_link}")


def why_you(cause: Reason, team: str, language: str) -> str:
    """Why somebody is called; `team` is the name of the team that the reason names."""
    reasons = _words(language).reasons
    role = cause.params.get("role")
    return reasons.get(f"{cause.code}.{role}", reasons.get(cause.code, "")).format(team=team, **cause.params)


def _words(language: str) -> Words:
    return WORDS.get(language, WORDS["en"])


def _opening(notice: Notice, words: Words) -> str:
    if notice.purpose is Purpose.TAKE:
        return words.nobody_has_it.format(number=notice.number)
    if notice.taken_by:
        return words.join_somebody.format(number=notice.number, name=_one_line(notice.taken_by))
    return words.join.format(number=notice.number)


def _button(notice: Notice, words: Words) -> str:
    return words.take if notice.purpose is Purpose.TAKE else words.come


def _one_line(text: str) -> str:
    # A title may hold line breaks; in a subject each would begin a header of its own.
    return " ".join(text.split())


def _short(title: str) -> str:
    line = _one_line(title)
    return line if len(line) <= _SHORT_TITLE else f"{line[: _SHORT_TITLE - 1].rstrip()}…"
