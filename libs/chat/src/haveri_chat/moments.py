"""Moments and stretches of time as people at a plant say them: the plant's wall clock, the reader's language."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from haveri_chat.texts import say
from haveri_texts import day, in_zone, time_of_day


def clock(moment: datetime, zone: str, locale: str, now: datetime) -> str:
    """The time of day at the plant, with the day when it is not today's there."""
    there, today = in_zone(moment, ZoneInfo(zone)), now.astimezone(ZoneInfo(zone))
    time = say(locale, "time", time=time_of_day(there, locale))
    if there.date() == today.date():
        return time
    return f"{day(there.date(), locale)} {time}"


def stretch(length: timedelta, locale: str) -> str:
    """How long something took or takes, to the minute."""
    minutes = max(0, int(length.total_seconds() // 60))
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return say(locale, "stretch.days", days=days, hours=hours)
    if hours:
        return say(locale, "stretch.hours", hours=hours, minutes=minutes)
    return say(locale, "stretch.minutes", minutes=minutes)
