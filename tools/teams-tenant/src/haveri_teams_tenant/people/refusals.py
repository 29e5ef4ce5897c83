"""Why a person's wish is refused, in their words."""

from __future__ import annotations


class Refused(Exception):
    """A wish that Teams would not fulfil; `status` is the HTTP status that fits."""

    status = 400

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotThere(Refused):
    """What the wish is about does not exist, or is hidden from this person."""

    status = 404


class NotAllowed(Refused):
    """It exists, but this person may not."""

    status = 403


class InTheWay(Refused):
    """It clashes with what is there already."""

    status = 409
