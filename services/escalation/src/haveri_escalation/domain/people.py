"""Who can be called, and how: what the domain needs to know of the directory, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from haveri_shifts.plan import Plan


@dataclass(frozen=True, slots=True)
class Way:
    """A way to reach a person (`chat`, `email`, `sms`, `voice`, `push`), so long into an unanswered call."""

    via: str
    after: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Person:
    """A member. `ways` in the order of trying, chat first; only those that can be used at all."""

    id: UUID
    name: str
    ways: tuple[Way, ...]
    is_administrator: bool = False
    may_respond: bool = True


@dataclass(frozen=True)
class Roster:
    """One organisation's people: members, the plans of its facilities, and names to say why somebody is called."""

    people: Mapping[UUID, Person]
    plans: Mapping[UUID, Plan]
    team_names: Mapping[UUID, str]
    area_names: Mapping[UUID, str] = field(default_factory=dict)
    area_of_asset: Mapping[UUID, UUID] = field(default_factory=dict)
    type_of_asset: Mapping[UUID, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Named:
    """A person to call, and why in words: `Crew A, Night`, `lead of Night`, `by name`, `administrator`."""

    member_id: UUID
    because: str
    on_shift: bool


@dataclass(frozen=True, slots=True)
class Found:
    """Whom a `Notify` comes to at a moment.

    `missing` says in words whom it named in vain. `turns` are the new counts of round-robin teams.
    """

    people: tuple[Named, ...]
    missing: tuple[str, ...] = ()
    turns: Mapping[UUID, int] = field(default_factory=dict)
