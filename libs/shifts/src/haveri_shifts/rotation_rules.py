"""What may be wrong with a rotation: each fault with a name, and a sentence for the person who planned it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import lcm
from uuid import UUID

from haveri_shifts.plan import Crew, Rotation, Slot
from haveri_shifts.turns import slot_on

_MOST_DAYS = 3660
"""Patterns whose common cycle is longer than ten years are looked at for ten."""


class Fault(StrEnum):
    """What is wrong."""

    SLOT_UNKNOWN = "slot-unknown"
    PATTERN_MISSING = "pattern-missing"
    CREW_TWICE = "crew-twice"
    ENDS_BEFORE_IT_STARTS = "ends-before-it-starts"
    CREWS_OVERLAP = "crews-overlap"
    CREW_OVERLAPS_ITSELF = "crew-overlaps-itself"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault in a sentence."""

    fault: Fault
    sentence: str


def rotation_findings(rotation: Rotation, team_names: Mapping[UUID, str]) -> list[Finding]:
    """What is wrong with a rotation; `team_names` are those of its crews.

    A gap is a slot that nobody works on a day on which others of the rotation's slots are worked: a day on which the
    whole rotation rests is none. Whoever plans weekdays and nights apart may want gaps; nobody wants the other faults.
    """
    found = [*_dates(rotation), *_crews(rotation, team_names), *_unknown_slots(rotation, team_names)]
    # Days can only be compared once every pattern can be read.
    return found or [*_coverage(rotation, team_names), *_own_overlaps(rotation, team_names)]


def _dates(rotation: Rotation) -> Iterator[Finding]:
    if rotation.last_day is not None and rotation.last_day < rotation.first_day:
        yield Finding(
            Fault.ENDS_BEFORE_IT_STARTS,
            f"The rotation ends on {rotation.last_day}, before it begins on {rotation.first_day}.",
        )


def _crews(rotation: Rotation, names: Mapping[UUID, str]) -> Iterator[Finding]:
    seen: set[UUID] = set()
    for crew in rotation.crews:
        if crew.team_id in seen:
            yield Finding(Fault.CREW_TWICE, f"{_name(names, crew)} is in the rotation twice.")
        seen.add(crew.team_id)
        if not crew.pattern:
            yield Finding(Fault.PATTERN_MISSING, f"{_name(names, crew)} has no pattern, so it would never work.")


def _unknown_slots(rotation: Rotation, names: Mapping[UUID, str]) -> Iterator[Finding]:
    known = [slot.name for slot in rotation.slots]
    for crew in rotation.crews:
        for said in dict.fromkeys(slot for slot in crew.pattern if slot is not None and slot not in known):
            yield Finding(
                Fault.SLOT_UNKNOWN,
                f'The pattern of {_name(names, crew)} names "{said}", which is no shift of this rotation. '
                f"Its shifts are {_listed(known)}.",
            )


def _coverage(rotation: Rotation, names: Mapping[UUID, str]) -> Iterator[Finding]:
    """Slots that two crews work on the same day, and slots that nobody works while others do."""
    double: dict[tuple[str, tuple[str, ...]], list[date]] = defaultdict(list)
    empty: dict[str, list[date]] = defaultdict(list)
    for day in _cycle(rotation):
        crews: dict[str, list[str]] = defaultdict(list)
        for crew in rotation.crews:
            slot = slot_on(rotation, crew, day)
            if slot is not None:
                crews[slot].append(_name(names, crew))
        for slot, together in crews.items():
            if len(together) > 1:
                double[slot, tuple(together)].append(day)
        for unmanned in (slot.name for slot in rotation.slots if crews and slot.name not in crews):
            empty[unmanned].append(day)
    for (slot, working), days in double.items():
        count = "both" if len(working) == 2 else "all"
        yield Finding(Fault.CREWS_OVERLAP, f'{_listed(working)} {count} work "{slot}" on {_dates_said(days)}.')
    for slot, days in empty.items():
        yield Finding(Fault.GAP, f'Nobody works "{slot}" on {_dates_said(days)}.')


def _own_overlaps(rotation: Rotation, names: Mapping[UUID, str]) -> Iterator[Finding]:
    """Crews whose next shift begins before the one of the day before is over."""
    slots = {slot.name: slot for slot in rotation.slots}
    days = _cycle(rotation)
    for crew in rotation.crews:
        pairs = ((day, slot_on(rotation, crew, day), slot_on(rotation, crew, day + timedelta(days=1))) for day in days)
        said: dict[tuple[str, str], list[date]] = defaultdict(list)
        for day, one, other in pairs:
            if one is not None and other is not None and _reaches_into(slots[one], slots[other]):
                said[one, other].append(day + timedelta(days=1))
        for (one, other), mornings in said.items():
            until, since = f"{slots[one].end:%H:%M}", f"{slots[other].start:%H:%M}"
            yield Finding(
                Fault.CREW_OVERLAPS_ITSELF,
                f'{_name(names, crew)} would still work "{one}" until {until} when its "{other}" begins at {since} '
                f"on {_dates_said(mornings)}.",
            )


def _reaches_into(slot: Slot, next_days: Slot) -> bool:
    return slot.end <= slot.start and next_days.start < slot.end


def _cycle(rotation: Rotation) -> list[date]:
    to_the_end_of_time = (date.max - rotation.first_day).days
    length = min(lcm(*(len(crew.pattern) for crew in rotation.crews)), _MOST_DAYS, to_the_end_of_time)
    days = (rotation.first_day + timedelta(days=number) for number in range(length))
    return [day for day in days if rotation.last_day is None or day <= rotation.last_day]


def _dates_said(days: list[date]) -> str:
    more = len(days) - 1
    return str(days[0]) if not more else f"{days[0]} and {more} more {'day' if more == 1 else 'days'} of the cycle"


def _name(names: Mapping[UUID, str], crew: Crew) -> str:
    return names.get(crew.team_id, "A team that is not there")


def _listed(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
