"""Why the directory refuses a command or a query about shifts, each named after its business reason."""

from __future__ import annotations

from haveri_contracts.plain import Refusal
from haveri_directory.domain.refusals import ImportInvalid


class PatternDoesNotFit(Refusal):
    """The pattern, the slots and the crews do not belong together."""

    type = "pattern-does-not-fit"
    title = "The rotation's pattern, slots and crews do not fit together."


class RotationLeavesGaps(Refusal):
    """A rotation that covers the whole day would leave a shift without a crew."""

    type = "rotation-leaves-gaps"
    title = "Nobody would work some of the rotation's shifts."


class CrewsOverlap(Refusal):
    """Two crews would work the same slot on the same day."""

    type = "crews-overlap"
    title = "Two crews would work the same shift."


class TeamElsewhere(Refusal):
    """The team belongs to another facility."""

    type = "team-elsewhere"
    title = "The team belongs to another facility."


class ShiftChangeUnclear(Refusal):
    """The change does not say who gives and who takes."""

    type = "shift-change-unclear"
    title = "The change of shifts does not say everything that it needs to."


class ShiftEndsBeforeItStarts(Refusal):
    """The end is not after the beginning."""

    type = "shift-ends-before-it-starts"
    title = "It would end before it starts."


class StretchTooLong(Refusal):
    """More time than one command or query may span."""

    type = "stretch-too-long"
    title = "This is too long a time."


class MemberNotInTeam(Refusal):
    """The member has nothing to do with the team."""

    type = "member-not-in-team"
    title = "The member is not in the team."


class SwapCycle(Refusal):
    """Shifts would go round in a circle."""

    type = "swap-cycle"
    title = "The shifts would come back to whom they came from."


class ShiftsOverlap(Refusal):
    """Somebody would have two shifts at the same time."""

    type = "shifts-overlap"
    title = "Somebody would have two shifts at the same time."


class SubstituteAbsent(Refusal):
    """Whoever is to work is absent then."""

    type = "substitute-absent"
    title = "Whoever is to work is absent then."


class AlreadyAccepted(Refusal):
    """Nobody has to accept the change any more."""

    type = "already-accepted"
    title = "The change of shifts was accepted already."


class TimeZoneUnknown(ImportInvalid):
    """A calendar names a time zone that there is not."""

    type = "time-zone-unknown"
    title = "The calendar names a time zone that is not known, so nothing was imported."


class CalendarOverlaps(ImportInvalid):
    """A calendar gives somebody two shifts at the same time."""

    type = ShiftsOverlap.type
    title = "Somebody would have two shifts at the same time, so nothing was imported."
