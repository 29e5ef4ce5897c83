"""Why the engine refuses a command, each named after its reason."""

from __future__ import annotations

from haveri_contracts.plain import Refusal


class CallUnknown(Refusal):
    """No such call in this incident."""

    type = "call-unknown"
    title = "There is no such call."


class CallNotYours(Refusal):
    """Somebody else was called."""

    type = "call-not-yours"
    title = "This call is for somebody else."


class CallAlreadyAnswered(Refusal):
    """The member has answered it."""

    type = "call-already-answered"
    title = "You have answered this call already."


class CallWithdrawn(Refusal):
    """The call is not needed any more."""

    type = "call-withdrawn"
    title = "This call is not needed any more."


class CallAsksToTake(Refusal):
    """The call asks for somebody to take the incident, which is a command to the incident service."""

    type = "call-asks-to-take"
    title = "This call asks you to take the incident."
