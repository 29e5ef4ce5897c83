"""The plain types of the domain: enumerations, names and the refusal, with nothing but the standard library.

Domain packages may import this module, `refusals` and their own contract's, and no other of contracts.
"""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from typing import Any, Self


class Status(StrEnum):
    """Where an incident stands in its life, in the order of the domain model."""

    DECLARED = "DECLARED"
    INVESTIGATING = "INVESTIGATING"
    MITIGATED = "MITIGATED"
    RESOLVED = "RESOLVED"
    CLOSED = "CLOSED"

    @property
    def is_open(self) -> bool:
        """True until somebody has resolved the incident."""
        return self in (Status.DECLARED, Status.INVESTIGATING, Status.MITIGATED)


class Severity(StrEnum):
    """How bad it is: SEV1 line down, SEV2 degraded, SEV3 minor."""

    SEV1 = "SEV1"
    SEV2 = "SEV2"
    SEV3 = "SEV3"


class Role(StrEnum):
    """What a member may do; each role may do what the ones before it may."""

    VIEWER = "viewer"
    RESPONDER = "responder"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"

    def covers(self, needed: Role) -> bool:
        """True when this role may do what `needed` may."""
        order = tuple(Role)
        return order.index(self) >= order.index(needed)


class EntryType(StrEnum):
    """The kinds of timeline entry: the domain model's, and those the platform adds. More may come: see `of`."""

    MESSAGE = "message"
    STATUS_CHANGE = "status_change"
    SEVERITY_CHANGE = "severity_change"
    ESCALATION = "escalation"
    ASSIGNMENT = "assignment"
    COMMS_ASSIGNMENT = "comms_assignment"
    ACTION_TAKEN = "action_taken"
    ATTACHMENT = "attachment"
    BOT_GUIDANCE = "bot_guidance"
    TRIAGE_RESPONSE = "triage_response"
    ANNOTATION = "annotation"
    DECLARED = "declared"
    ACKNOWLEDGEMENT = "acknowledgement"
    NOTIFICATION = "notification"
    MESSAGE_EDITED = "message_edited"
    MESSAGE_DELETED = "message_deleted"
    REOPENED = "reopened"
    FOLLOW_UP = "follow_up"
    SUMMARY = "summary"
    OTHER = "other"

    @classmethod
    def of(cls, kind: str) -> EntryType:
        """The kind that is known here, OTHER for one that a newer service wrote."""
        return cls(kind) if kind in cls._value2member_map_ else cls.OTHER


def name_key(name: str) -> str:
    """What a name is compared and ordered by: case, kind of space and way of writing accents do not count."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return " ".join(folded.split())


class Refusal(Exception):
    """A command or query that the domain refuses, named after the business reason.

    Subclasses set `type` (a stable slug such as `incident-already-closed`, the public name of the refusal) and
    `title` (one short sentence); `detail` says what was found and what to do instead, in the reader's words. `errors`
    are single findings: a field, or a line of a document, and what is wrong there.
    """

    type: str = "refused"
    title: str = "The request was refused."

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.errors: list[dict[str, Any]] = []

    def at(self, field: str) -> Self:
        """The same, with the field of what was sent that it is about: `steps.1.after_minutes`, counted from 0.

        The path begins in the thing that a command puts, not in the command around it.
        """
        self.errors = [{"field": field, "problem": self.detail}]
        return self
