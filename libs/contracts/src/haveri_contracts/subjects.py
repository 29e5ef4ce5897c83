"""Subjects on the bus, built and parsed here and nowhere else.

`haveri.<organisation slug>.<command|event|query>.<owner>.<name>.v<n>`
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from uuid import UUID

from haveri_contracts.types import ORGANIZATION_PATTERN

PREFIX = "haveri"
ANY = "*"
REST = ">"
_TOKEN = re.compile(r"[a-z][a-z0-9_-]*")
_SIGNAL_TOKEN = re.compile(r"[A-Za-z0-9_-]+")
_VERSION = re.compile(r"v[1-9][0-9]{0,8}")
_ORGANIZATION = re.compile(ORGANIZATION_PATTERN)
# Services meet few distinct subjects again and again; malformed ones raise and are not remembered.
_REMEMBERED = 4096


class Kind(StrEnum):
    """The three kinds of message."""

    COMMAND = "command"
    EVENT = "event"
    QUERY = "query"


class UnknownSubjectError(ValueError):
    """The subject is not one of Haveri's."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A parsed subject."""

    organization: str
    kind: Kind
    owner: str
    name: str
    version: int

    @property
    def message_type(self) -> str:
        """The CloudEvents type that belongs on this subject."""
        return f"{PREFIX}.{self.owner}.{self.name}.v{self.version}"

    def __str__(self) -> str:
        return subject_for(self.organization, self.kind, self.owner, self.name, self.version)


def _organization_or_any(organization: str) -> str:
    if organization != ANY and not _ORGANIZATION.fullmatch(organization):
        raise ValueError(f"{organization!r} is not an organisation's slug")
    return organization


def _token(token: str, allowed: re.Pattern[str] = _TOKEN) -> str:
    if not allowed.fullmatch(token):
        raise ValueError(f"{token!r} cannot stand in a subject")
    return token


@lru_cache(maxsize=_REMEMBERED)
def subject_for(organization: str, kind: Kind, owner: str, name: str, version: int) -> str:
    """Build a message's subject, for one organisation or `*`; raises ValueError for a part that is no token."""
    _organization_or_any(organization)
    _token(owner)
    _token(name)
    if version < 1:
        raise ValueError(f"{version} is not a version: they count from 1")
    return f"{PREFIX}.{organization}.{kind.value}.{owner}.{name}.v{version}"


@lru_cache(maxsize=_REMEMBERED)
def parse_subject(subject: str) -> Subject:
    """Take a subject apart; raises UnknownSubjectError when it is not one of Haveri's messages."""
    parts = subject.split(".")
    if len(parts) != 6 or parts[0] != PREFIX or not _ORGANIZATION.fullmatch(parts[1]):
        raise UnknownSubjectError(f"{subject!r} is not haveri.<organisation>.<kind>.<owner>.<name>.v<n>")
    try:
        kind = Kind(parts[2])
    except ValueError as error:
        raise UnknownSubjectError(f"{parts[2]!r} in {subject!r} is neither command, event nor query") from error
    if not (_TOKEN.fullmatch(parts[3]) and _TOKEN.fullmatch(parts[4]) and _VERSION.fullmatch(parts[5])):
        raise UnknownSubjectError(f"{subject!r} does not end in <owner>.<name>.v<n>")
    return Subject(parts[1], kind, parts[3], parts[4], int(parts[5][1:]))


def everything_of(kind: Kind, owner: str = ANY, organization: str = ANY) -> str:
    """The wildcard subject for all messages of one kind, of one owner and organisation or of any."""
    if owner != ANY:
        _token(owner)
    return f"{PREFIX}.{_organization_or_any(organization)}.{kind.value}.{owner}.>"


def includes(pattern: str, subject: str) -> bool:
    """True when every subject that `subject` stands for (it may have wildcards of its own) matches `pattern`."""
    wanted, given = pattern.split("."), subject.split(".")
    for position, token in enumerate(wanted):
        if token == REST:
            return len(given) > position
        if position >= len(given) or given[position] == REST:
            return False
        if token not in (ANY, given[position]):
            return False
    return len(given) == len(wanted)


def outcome_subject(organization: str, command_id: UUID) -> str:
    """Where the outcome of a command is always published, whoever sent it."""
    return f"{PREFIX}.{_organization_or_any(organization)}.outcome.{command_id}"


def dead_letter_subject(consumer: str) -> str:
    """Where a consumer (`*`: any) lays down a message that it cannot handle."""
    return f"{PREFIX}.dead_letter.{consumer if consumer == ANY else _token(consumer)}"


def signal_subject(organization: str, source: str, name: str) -> str:
    """Where a plant system publishes a signal; raises ValueError when a part would break out of its token."""
    tail = f"{_token(source, _SIGNAL_TOKEN)}.{_token(name, _SIGNAL_TOKEN)}"
    return f"{PREFIX}.{_organization_or_any(organization)}.signal.{tail}"
