"""The rotations that plants run: for each crew its pattern, and how many days into it the crew begins.

A pattern names for each day the slot that a crew works, or None for a day off. In every pattern here each slot of each
day is worked by exactly one crew, so that slots which fill 24 hours are manned round the clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from haveri_shifts.plan import Slot


@dataclass(frozen=True, slots=True)
class CrewPattern:
    """What one crew works, and the day of the pattern on which it begins."""

    pattern: tuple[str | None, ...]
    offset_days: int


def crew_patterns(kind: str, slots: Sequence[Slot], crews: int) -> tuple[CrewPattern, ...]:
    """The patterns of `crews` crews in a rotation of a known kind, in their order.

    Slots count in the order of their starts, however they are given. Raises ValueError, in the user's words, when the
    slots or the number of crews do not fit the kind.
    """
    if kind not in KINDS:
        raise ValueError(f'"{kind}" is no kind of rotation. The kinds are {", ".join(KINDS)}.')
    if kind not in _KINDS:
        raise ValueError(
            "A custom rotation says its own pattern: for each day of the cycle the shift that a crew works, or null."
        )
    names = [slot.name for slot in sorted(slots, key=lambda slot: slot.start)]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f'Two shifts of the rotation are called "{twice}". Give each its own name.')
    return _KINDS[kind](names, crews)


def _fixed(slots: list[str], crews: int) -> tuple[CrewPattern, ...]:
    """Every crew always works the same slot."""
    _expect(crews, {len(slots)}, "A fixed rotation has one crew for each of its shifts")
    return tuple(CrewPattern((slot,), 0) for slot in slots)


def _two_two_three(slots: list[str], crews: int) -> tuple[CrewPattern, ...]:
    """Two on, two off, three on, two off, two on, three off: a crew and the one a week behind it fill a slot."""
    _expect(len(slots), {1, 2}, "A 2-2-3 rotation has one or two shifts, for example day and night", "shift")
    _expect(crews, {2 * len(slots)}, "A 2-2-3 rotation has two crews for each of its shifts")
    worked = (True, True, False, False, True, True, True, False, False, True, True, False, False, False)
    patterns = [tuple(slot if works else None for works in worked) for slot in slots]
    return tuple(CrewPattern(pattern, offset) for pattern in patterns for offset in (0, 7))


def _four_on_four_off(slots: list[str], crews: int) -> tuple[CrewPattern, ...]:
    """Four on, four off, then four on at the next slot, four off."""
    _expect(len(slots), {1, 2}, "A 4-on-4-off rotation has one or two shifts, for example day and night", "shift")
    _expect(crews, {2 * len(slots)}, "A 4-on-4-off rotation has two crews for each of its shifts")
    pattern = tuple(day for slot in slots for day in (*_days(slot, 4), *_days(None, 4)))
    # The crews that begin at work come first, then those that begin with their days off.
    offsets = [start + 8 * number for start in (0, 4) for number in range(len(slots))]
    return tuple(CrewPattern(pattern, offset) for offset in offsets)


def _three_shift(slots: list[str], crews: int) -> tuple[CrewPattern, ...]:
    """Early, late and night: by weeks with three crews; two days each, then days off, with four or five."""
    _expect(len(slots), {3}, "A three-shift rotation has three shifts, for example early, late and night", "shift")
    _expect(crews, {3, 4, 5}, "A three-shift rotation has three, four or five crews")
    early, late, night = slots
    if crews == 3:
        # From late to early and not the other way: after the last night a crew would have to stay for the early shift.
        weeks = (*_days(early, 7), *_days(night, 7), *_days(late, 7))
        return tuple(CrewPattern(weeks, offset) for offset in (0, 14, 7))
    pattern = (*_days(early, 2), *_days(late, 2), *_days(night, 2), *_days(None, 2 * (crews - 3)))
    return tuple(CrewPattern(pattern, 2 * number) for number in range(crews))


def _days(slot: str | None, days: int) -> tuple[str | None, ...]:
    return (slot,) * days


def _expect(number: int, allowed: set[int], rule: str, what: str = "crew") -> None:
    if number not in allowed:
        has = f"{number} {what}" if number == 1 else f"{number} {what}s"
        raise ValueError(f"{rule}; this one has {has}. Change it, or say your own pattern.")


_KINDS: Mapping[str, Callable[[list[str], int], tuple[CrewPattern, ...]]] = {
    "fixed": _fixed,
    "2-2-3": _two_two_three,
    "4-on-4-off": _four_on_four_off,
    "three-shift": _three_shift,
}

KINDS = (*_KINDS, "custom")
"""The kinds of rotations, as they are written."""
