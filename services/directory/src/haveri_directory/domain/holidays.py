"""Holidays."""

from __future__ import annotations

from haveri_contracts.directory.schedules import HolidayCalendar


def in_order(calendar: HolidayCalendar) -> HolidayCalendar:
    """A calendar with each holiday once, in the order of dates and names."""
    once = {(holiday.date, holiday.name): holiday for holiday in calendar.holidays}
    return calendar.model_copy(update={"holidays": [once[key] for key in sorted(once)]})
