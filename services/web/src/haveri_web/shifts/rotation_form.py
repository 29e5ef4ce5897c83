"""A rotation as a form says it, and its first two weeks before it is saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from starlette.datastructures import FormData

from haveri_contracts.directory.models import Facility, Team
from haveri_contracts.directory.schedules import HolidayCalendar, Rotation, RotationKind
from haveri_shifts.calculation import duties
from haveri_shifts.plan import Duty
from haveri_shifts.published import filled, plan_of
from haveri_web.bus.queries import valid
from haveri_web.domain.refusals import InvalidRequest
from haveri_web.rendering.fields import many, one
from haveri_web.shifts.calendar import midnight

SLOT_ROWS = 4
CREW_ROWS = 6
PREVIEW_DAYS = 14
_DAY_OFF = "-"


@dataclass(frozen=True, slots=True)
class SlotRow:
    """A row of the form for a shift of the day."""

    name: str = ""
    start: str = ""
    end: str = ""


@dataclass(frozen=True, slots=True)
class CrewRow:
    """A row of the form for a crew."""

    team: str = ""
    offset: str = ""
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class RotationForm:
    """What the form holds, as text; nothing of it need make sense yet."""

    id: str
    name: str
    kind: str
    first_day: str
    last_day: str
    rests: bool
    pattern: str
    slots: list[SlotRow]
    crews: list[CrewRow]


@dataclass(frozen=True, slots=True)
class PreviewCell:
    """What a crew works on a day; empty for a day off."""

    shift: str
    start: str
    end: str
    colour: int
    odd: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """The days, and for each crew what it works on them."""

    days: list[tuple[date, bool]]
    crews: list[tuple[str, list[PreviewCell | None]]]


def new_form(today: date) -> RotationForm:
    """A form to begin with: three shifts from next Monday on."""
    usual = [SlotRow("Early", "06:00", "14:00"), SlotRow("Late", "14:00", "22:00"), SlotRow("Night", "22:00", "06:00")]
    monday = today + timedelta(days=7 - today.weekday())
    kind = RotationKind.THREE_SHIFT.value
    return _padded(RotationForm("", "", kind, monday.isoformat(), "", False, "", usual, []))


def form_of(rotation: Rotation) -> RotationForm:
    """The form that shows a rotation. Only own patterns are shown; those of a kind follow from it."""
    own = rotation.kind is RotationKind.CUSTOM
    return _padded(
        RotationForm(
            id=str(rotation.id),
            name=rotation.name,
            kind=rotation.kind.value,
            first_day=rotation.first_day.isoformat(),
            last_day=rotation.last_day.isoformat() if rotation.last_day else "",
            rests=rotation.rests_on_holidays,
            pattern=_pattern_text(rotation.pattern) if own else "",
            slots=[SlotRow(slot.name, slot.start, slot.end) for slot in rotation.slots],
            crews=[
                CrewRow(str(crew.team_id), str(crew.offset_days), _pattern_text(crew.pattern) if own else "")
                for crew in rotation.crews
            ],
        )
    )


def form_from(fields: FormData) -> RotationForm:
    """What somebody filled in."""
    slots = zip(*(many(fields, name) for name in ("slot_name", "slot_from", "slot_to")), strict=False)
    crews = zip(*(many(fields, name) for name in ("crew_team", "crew_offset", "crew_pattern")), strict=False)
    return _padded(
        RotationForm(
            id=one(fields, "id"),
            name=one(fields, "name"),
            kind=one(fields, "kind"),
            first_day=one(fields, "first_day"),
            last_day=one(fields, "last_day"),
            rests=bool(one(fields, "rests")),
            pattern=one(fields, "pattern"),
            slots=[SlotRow(*row) for row in slots if any(row)],
            crews=[CrewRow(*row) for row in crews if row[0]],
        )
    )


def rotation_from(form: RotationForm, facility: Facility, rotation_id: UUID) -> Rotation:
    """The rotation that the form means. Raises InvalidRequest."""
    own = form.kind == RotationKind.CUSTOM.value
    return valid(
        Rotation,
        {
            "id": rotation_id,
            "facility_id": facility.id,
            "name": form.name,
            "kind": form.kind,
            "first_day": form.first_day,
            "last_day": form.last_day or None,
            "rests_on_holidays": form.rests,
            "slots": [{"name": row.name, "from": row.start, "to": row.end} for row in form.slots if row.name],
            "pattern": _pattern(form.pattern) if own else [],
            "crews": [
                {
                    "team_id": row.team,
                    "offset_days": row.offset or 0,
                    "pattern": _pattern(row.pattern) if own else [],
                }
                for row in form.crews
                if row.team
            ],
        },
    )


def preview(
    rotation: Rotation, facility: Facility, teams: Mapping[UUID, Team], calendar: HolidayCalendar | None
) -> Preview:
    """The first two weeks of a rotation. Raises InvalidRequest when its parts do not fit together."""
    try:
        whole = filled(rotation)
    except ValueError as error:
        raise InvalidRequest.field("rotation", str(error)) from None
    zone = ZoneInfo(facility.timezone)
    days = [rotation.first_day + timedelta(days=number) for number in range(PREVIEW_DAYS)]
    plan = plan_of(facility, teams.values(), [whole], [], calendar)
    # A crew stands for all of its people here, also when it has none yet.
    crews = tuple(replace(team, member_ids=(team.id,), shifts=()) for team in plan.teams)
    found = duties(replace(plan, teams=crews), midnight(days[0], zone), midnight(days[-1] + timedelta(days=1), zone))
    worked = {(duty.team_id, duty.starts_at.astimezone(zone).date()): duty for duty in found}
    colours = {slot.name: number for number, slot in enumerate(sorted(rotation.slots, key=lambda slot: slot.start))}
    rests = plan.holidays
    return Preview(
        days=[(day, day in rests) for day in days],
        crews=[
            (
                teams[crew.team_id].name if crew.team_id in teams else "?",
                [_cell(worked.get((crew.team_id, day)), colours, zone) for day in days],
            )
            for crew in rotation.crews
        ],
    )


def _cell(duty: Duty | None, colours: dict[str, int], zone: ZoneInfo) -> PreviewCell | None:
    if duty is None:
        return None
    start, end = duty.starts_at.astimezone(zone), duty.ends_at.astimezone(zone)
    return PreviewCell(
        shift=duty.shift,
        start=f"{start:%H:%M}",
        end=f"{end:%H:%M}",
        colour=colours.get(duty.shift, 0) % 6,
        odd=_shown(start, end) != duty.ends_at - duty.starts_at,
    )


def _shown(start: datetime, end: datetime) -> timedelta:
    return end.replace(tzinfo=None) - start.replace(tzinfo=None)


def _padded(form: RotationForm) -> RotationForm:
    """With empty rows to fill in."""
    slots = form.slots + [SlotRow()] * max(0, SLOT_ROWS - len(form.slots))
    return replace(form, slots=slots, crews=form.crews + [CrewRow()] * max(1, CREW_ROWS - len(form.crews)))


def _pattern(text: str) -> list[str | None]:
    days = [part.strip() for part in text.replace("\n", ",").split(",")]
    return [None if day == _DAY_OFF else day for day in days if day]


def _pattern_text(pattern: list[str | None]) -> str:
    return ", ".join(day or _DAY_OFF for day in pattern)
