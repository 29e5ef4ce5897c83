"""Why an incident refuses a command, each named after its business reason."""

from __future__ import annotations

from haveri_contracts.plain import Refusal


class IncidentAlreadyDeclared(Refusal):
    """The incident id was used before."""

    type = "incident-already-declared"
    title = "This incident has been declared already."


class IncidentAlreadyClosed(Refusal):
    """A closed incident takes annotations, a better summary, or being reopened."""

    type = "incident-already-closed"
    title = "The incident is closed."


class IncidentAlreadyResolved(Refusal):
    """A resolved incident can be closed or reopened."""

    type = "incident-already-resolved"
    title = "The incident is resolved already."


class IncidentNotResolved(Refusal):
    """Only a resolved incident can be closed."""

    type = "incident-not-resolved"
    title = "The incident has not been resolved yet."


class IncidentStillOpen(Refusal):
    """An open incident cannot be reopened, nor its summary amended."""

    type = "incident-still-open"
    title = "The incident is still open."


class SummaryRequired(Refusal):
    """Resolving needs the summary."""

    type = "summary-required"
    title = "Resolving needs a summary of what happened."


class CloseRequired(Refusal):
    """Closing is a command of its own."""

    type = "close-required"
    title = "Closing is done with the close command."


class StatusUnchanged(Refusal):
    """The incident has this status already."""

    type = "status-unchanged"
    title = "The incident has this status already."


class StatusMayNotFollow(Refusal):
    """This status may not follow the present one."""

    type = "status-may-not-follow"
    title = "This status may not follow the present one."


class SeverityUnchanged(Refusal):
    """The incident has this severity already."""

    type = "severity-unchanged"
    title = "The incident has this severity already."


class AlreadyAcknowledged(Refusal):
    """Somebody has acknowledged it."""

    type = "already-acknowledged"
    title = "The incident has been acknowledged already."


class AcknowledgementNotInForce(Refusal):
    """The acknowledgement that is to expire has been replaced or is not needed to expire."""

    type = "acknowledgement-not-in-force"
    title = "There is no such acknowledgement to take back."


class LeadUnchanged(Refusal):
    """This member is in that role already."""

    type = "lead-unchanged"
    title = "This member has that role in the incident already."


class MemberNeeded(Refusal):
    """Only a person can do this."""

    type = "member-needed"
    title = "Only a member can do this."


class OccurredInTheFuture(Refusal):
    """Nothing can have happened later than now."""

    type = "occurred-in-the-future"
    title = "The given time is in the future."


class TooManyConflicts(Refusal):
    """Others kept changing the incident; nothing was done."""

    type = "incident-busy"
    title = "Others are changing the incident at this moment; please try again."
