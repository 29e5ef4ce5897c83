"""The organisation's people, machines and policies as a conversation needs them: a snapshot."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from haveri_chat.requests import Person
from haveri_contracts.directory.models import Locale, Member
from haveri_contracts.escalation.models import EscalationPolicy
from haveri_contracts.plain import Role
from haveri_directory_copy.directory import Directory


@dataclass(frozen=True)
class Plant(Directory):
    """The directory, and the escalation policies as far as they are known."""

    policies: tuple[EscalationPolicy, ...] = ()
    """None while the escalation service was never reached."""

    @property
    def locale(self) -> Locale:
        """The organisation's language, for what everybody sees."""
        return self.organization.locale

    def person(self, member_id: UUID, platform: str) -> Person:
        """A member as the platform knows them (empty: any platform); without `user_id` where it does not."""
        member = self.members.get(member_id)
        identities = member.chat_identities if member else []
        known = (one.user_id for one in identities if platform in ("", one.platform))
        return Person(member.name if member else "–", next(known, None))


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
