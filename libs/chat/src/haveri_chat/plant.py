"""The organisation's people, machines and policies as a conversation needs them: a snapshot."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from haveri_chat.requests import Person
from haveri_contracts.directory.models import Area, Asset, Facility, Locale, Member, Team
from haveri_contracts.escalation.models import EscalationPolicy
from haveri_contracts.plain import Role


@dataclass(frozen=True)
class Plant:
    """Everything the house knows of one organisation; the gateway makes one from its replicas."""

    facilities: tuple[Facility, ...] = ()
    areas: tuple[Area, ...] = ()
    assets: tuple[Asset, ...] = ()
    teams: tuple[Team, ...] = ()
    members: tuple[Member, ...] = ()
    policies: tuple[EscalationPolicy, ...] = ()
    """Escalation policies; none while the escalation service was never reached."""
    locale: Locale = Locale.ENGLISH
    """The organisation's language, for what everybody sees."""

    @cached_property
    def facility(self) -> dict[UUID, Facility]:
        """Facilities by id."""
        return {item.id: item for item in self.facilities}

    @cached_property
    def area(self) -> dict[UUID, Area]:
        """Areas by id."""
        return {item.id: item for item in self.areas}

    @cached_property
    def asset(self) -> dict[UUID, Asset]:
        """Assets by id."""
        return {item.id: item for item in self.assets}

    @cached_property
    def team(self) -> dict[UUID, Team]:
        """Teams by id."""
        return {item.id: item for item in self.teams}

    @cached_property
    def member(self) -> dict[UUID, Member]:
        """Members by id."""
        return {item.id: item for item in self.members}

    @cached_property
    def member_of_user(self) -> dict[str, Member]:
        """Members by the user id that a chat platform knows them by."""
        return {identity.user_id: item for item in self.members for identity in item.chat_identities}

    def person(self, member_id: UUID, platform: str) -> Person:
        """A member as the platform knows them (empty: any platform); without `user_id` where it does not."""
        member = self.member.get(member_id)
        identities = member.chat_identities if member else []
        known = (one.user_id for one in identities if platform in ("", one.platform))
        return Person(member.name if member else "–", next(known, None))

    @cached_property
    def administrators(self) -> tuple[Member, ...]:
        """Whom to ask for an account."""
        return tuple(item for item in self.members if item.role is Role.ADMINISTRATOR)


@dataclass(frozen=True)
class Who:
    """The member who speaks."""

    member: Member

    @property
    def locale(self) -> Locale:
        """The language to answer in."""
        return self.member.locale

    @property
    def may_respond(self) -> bool:
        """True when the member may act on incidents."""
        return self.member.role.covers(Role.RESPONDER)
