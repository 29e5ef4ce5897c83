"""What a called member reads or hears outside of chat: a letter, a short message, a sentence to be spoken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from haveri_contracts.escalation.models import Purpose
from haveri_contracts.escalation.reasons import Reason
from haveri_contracts.plain import Severity
from haveri_escalation.texts import CATALOGUE, say
from haveri_texts import SOURCE_LANGUAGE, day, time_of_day

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
    since, dates = notice.since, language if CATALOGUE.speaks(language) else SOURCE_LANGUAGE
    facts = {
        "what": _one_line(notice.title),
        "severity": notice.severity.value,
        "where": notice.place,
        "since": f"{day(since.date(), dates)} {time_of_day(since, dates)}" if since else "",
        "why_you": _one_line(notice.because),
    }
    stated = "\n".join(f"{say(language, f'fact.{name}')}: {value}" for name, value in facts.items() if value)
    answer = say(language, "without_link")
    if notice.link:
        answer = f"{_button(notice, language)}: {notice.link}\n\n{say(language, 'about_link')}"
    body = f"{_opening(notice, language)}\n\n{stated}\n\n{answer}\n"
    return Text(body, f"[{notice.severity.value}] {notice.number} {_one_line(notice.title)}")


def short_message(notice: Notice, language: str) -> Text:
    """An SMS or push message: as much as fits into few characters, and the link."""
    sentence = f"{notice.severity.value} {notice.number}: {_short(notice.title)}."
    place = f" {notice.place}." if notice.place else ""
    answer = f"{_button(notice, language)}: {notice.link}" if notice.link else say(language, "without_link")
    return Text(f"{sentence}{place} {answer}")


def spoken(notice: Notice, language: str) -> Text:
    """What a voice says; a link would be of no use."""
    place = f" {notice.place}." if notice.place else ""
    sentence = f"{say(language, 'this_is_haveri')} {notice.severity.value}, {notice.number}: {_short(notice.title)}."
    return Text(f"{sentence}{place} {_opening(notice, language)} {say(language, 'without_link')}")


def why_you(cause: Reason, team: str | None, language: str) -> str:
    """Why somebody is called; `team` is the name of the team that the reason names, None when it names none."""
    named = {} if team is None else {"team": team}
    return CATALOGUE.reason(language, cause.code, cause.params, lambda params: {**params, **named})


def _opening(notice: Notice, language: str) -> str:
    somebody = "_somebody" if notice.purpose is Purpose.JOIN and notice.taken_by else ""
    key = f"opening.{notice.purpose.value}{somebody}"
    return say(language, key, number=notice.number, name=_one_line(notice.taken_by))


def _button(notice: Notice, language: str) -> str:
    return say(language, f"button.{notice.purpose.value}")


def _one_line(text: str) -> str:
    # A title may hold line breaks; in a subject each would begin a header of its own.
    return " ".join(text.split())


def _short(title: str) -> str:
    line = _one_line(title)
    return line if len(line) <= _SHORT_TITLE else f"{line[: _SHORT_TITLE - 1].rstrip()}…"
