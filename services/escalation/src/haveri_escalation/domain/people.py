"""Who can be called, and how: what the domain needs to know of the directory, as a value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from haveri_contracts.escalation.reasons import Reason
from haveri_shifts.plan import Plan, Team


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
    may_manage: bool = False


@dataclass(frozen=True, slots=True)
class Contact:
    """How to speak to a member, for whoever carries a notification; never part of a log or an event."""

    name: str
    locale: str
    email: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    push: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Roster:
    """One organisation's people: members, the plans of its facilities, and names to say why somebody is called."""

    people: Mapping[UUID, Person]
    plans: Mapping[UUID, Plan]
    team_names: Mapping[UUID, str]
    area_names: Mapping[UUID, str] = field(default_factory=dict)
    area_of_asset: Mapping[UUID, UUID] = field(default_factory=dict)
    type_of_asset: Mapping[UUID, str] = field(default_factory=dict)
    facility_names: Mapping[UUID, str] = field(default_factory=dict)
    facility_of_area: Mapping[UUID, UUID] = field(default_factory=dict)
    asset_names: Mapping[UUID, str] = field(default_factory=dict)
    contacts: Mapping[UUID, Contact] = field(default_factory=dict, repr=False)

    def team(self, team_id: UUID) -> tuple[UUID, Team] | tuple[None, None]:
        """A team and the facility it is of."""
        for facility_id, plan in self.plans.items():
            for team in plan.teams:
                if team.id == team_id:
                    return facility_id, team
        return None, None

    def areas_of(self, area_id: UUID | None, asset_ids: Iterable[UUID]) -> frozenset[UUID]:
        """The area of an incident and those of its assets."""
        found = {area for asset in asset_ids if (area := self.area_of_asset.get(asset)) is not None}
        return frozenset(found | {area_id}) if area_id is not None else frozenset(found)

    def types_of(self, asset_ids: Iterable[UUID]) -> frozenset[str]:
        """The types of an incident's assets."""
        return frozenset(kind for asset in asset_ids if (kind := self.type_of_asset.get(asset)) is not None)


@dataclass(frozen=True, slots=True)
class Named:
    """A person to call, and why."""

    member_id: UUID
    because: Reason
    on_shift: bool


@dataclass(frozen=True, slots=True)
class Found:
    """Whom a `Notify` comes to at a moment.

    `in_vain` says whom it named in vain. `turns` are the new counts of round-robin teams.
    """

    people: tuple[Named, ...]
    in_vain: tuple[Reason, ...] = ()
    turns: Mapping[UUID, int] = field(default_factory=dict)
