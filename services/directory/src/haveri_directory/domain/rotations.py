"""Which of the things that may be wrong with a rotation are refused, and which only reported."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import time
from itertools import chain
from uuid import UUID

from haveri_contracts.plain import Refusal
from haveri_directory.domain.shift_refusals import (
    CrewsOverlap,
    PatternDoesNotFit,
    RotationLeavesGaps,
    ShiftEndsBeforeItStarts,
    ShiftsOverlap,
)
from haveri_shifts.plan import Rotation, Slot
from haveri_shifts.rotation_rules import Fault, rotation_findings

CUSTOM = "custom"
_MINUTES_A_DAY = 24 * 60
_REFUSED: Mapping[Fault, type[Refusal]] = {
    Fault.SLOT_UNKNOWN: PatternDoesNotFit,
    Fault.PATTERN_MISSING: PatternDoesNotFit,
    Fault.CREW_TWICE: PatternDoesNotFit,
    Fault.ENDS_BEFORE_IT_STARTS: ShiftEndsBeforeItStarts,
    Fault.CREWS_OVERLAP: CrewsOverlap,
    Fault.CREW_OVERLAPS_ITSELF: ShiftsOverlap,
}


def check_rotation(kind: str, rotation: Rotation, team_names: Mapping[UUID, str]) -> list[str]:
    """What people should know about a rotation whose patterns are filled in: slots that nobody works, in words.

    Raises PatternDoesNotFit, ShiftEndsBeforeItStarts, CrewsOverlap, ShiftsOverlap, and RotationLeavesGaps where a known
    kind that covers the whole day leaves out a slot.
    """
    _check_names([slot.name for slot in rotation.slots])
    found = rotation_findings(rotation, team_names)
    for finding in found:
        if finding.fault in _REFUSED:
            raise _REFUSED[finding.fault](finding.sentence)
    gaps = [finding.sentence for finding in found]
    if gaps and kind != CUSTOM and covers_the_day(rotation.slots):
        raise RotationLeavesGaps(f"{' '.join(gaps)} Change the pattern or the crews, or make it a custom rotation.")
    return gaps


def covers_the_day(slots: Sequence[Slot]) -> bool:
    """Whether slots follow each other around the clock, without gap and without overlap."""
    minutes = sorted(chain.from_iterable(map(_minutes, slots)))
    return minutes == list(range(_MINUTES_A_DAY))


def _minutes(slot: Slot) -> Iterator[int]:
    start, end = _minute(slot.start), _minute(slot.end)
    length = (end - start) % _MINUTES_A_DAY or _MINUTES_A_DAY
    return ((start + minute) % _MINUTES_A_DAY for minute in range(length))


def _minute(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def _check_names(names: Sequence[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise PatternDoesNotFit(f'Two shifts of the rotation are called "{name}". Give each its own name.')
