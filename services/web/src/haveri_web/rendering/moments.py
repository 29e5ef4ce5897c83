"""Moments in words: local to a facility, in UTC, and as ages."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from jinja2 import pass_context
from jinja2.runtime import Context

from haveri_texts import day, in_zone, time_of_day
from haveri_web.texts import Translate


def local(moment: datetime, zone: ZoneInfo, language: str, style: str = "clock") -> str:
    """The moment as clocks at the facility show it, in the reader's way of writing it.

    `style` is `clock`, `seconds`, `day`, `day_clock` or `full`.
    """
    there = in_zone(moment, zone)
    date = day(there.date(), language)
    if style == "day":
        return date
    clock = time_of_day(there, language, seconds=style in ("seconds", "full"))
    return f"{date} {clock}" if style in ("day_clock", "full") else clock


@pass_context
def local_filter(context: Context, moment: datetime, zone: ZoneInfo, style: str = "clock") -> str:
    """`local` in templates, which have a language."""
    return local(moment, zone, context["locale"], style)


def utc(moment: datetime) -> str:
    """The moment in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def iso(moment: datetime) -> str:
    """The moment in UTC with microseconds, as the API writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def age(since: datetime, until: datetime, t: Translate) -> str:
    """How long it is from one moment to another: minutes, hours and minutes, or days. `live.js` counts on alike."""
    minute, hour, days = t("age.units").split(",")
    minutes = max(0, int((until - since).total_seconds() // 60))
    hours = minutes // 60
    if hours >= 48:
        return f"{hours // 24} {days}"
    return f"{hours} {hour} {minutes % 60} {minute}" if hours else f"{minutes} {minute}"


def countdown(due: datetime, now: datetime) -> str:
    """How long it is until then, `4:05` or `1:04:05`; empty when it is due. `live.js` counts on alike."""
    seconds = round((due - now).total_seconds())
    if seconds <= 0:
        return ""
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def from_input(text: str, zone: ZoneInfo) -> datetime | None:
    """The moment that a `datetime-local` field says, read as the facility's wall clock; None when it says none."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    # A field gives whole seconds at best: everything of that second was known.
    if moment.microsecond == 0:
        moment = moment.replace(microsecond=999_999)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def for_input(moment: datetime, zone: ZoneInfo) -> str:
    """The moment as a `datetime-local` field wants it."""
    return moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S")
