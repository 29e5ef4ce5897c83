"""What the use cases need from the world."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from haveri_contracts.directory.models import (
    Area,
    Asset,
    ChatSettings,
    Facility,
    Locale,
    Member,
    Organization,
    Team,
)
from haveri_contracts.message import Event
from haveri_directory.application.schedule_ports import Schedules
from haveri_directory.application.snapshot import Snapshot

Thing = Facility | Area | Asset | Team | Member
T = TypeVar("T", bound=Thing)
Membership = tuple[UUID, UUID]
"""A team's id and a member's."""


@dataclass(frozen=True, slots=True)
class Founding:
    """What an organisation was created with, to tell a repeated command from another organisation of the same slug."""

    organization_name: str
    locale: Locale
    administrator_email: str


class UnitOfWork(Protocol):
    """One organisation's directory, open for one command: nobody else changes it until the command is done.

    What `find` gives is normalised: a member's teams and identities and a team's members are in a fixed order. `now` is
    the moment at which the command is carried out.
    """

    slug: str
    organization: Organization | None
    now: datetime

    @property
    def schedules(self) -> Schedules:
        """Rotations, changes of shifts and holidays."""

    async def find(self, kind: type[T], id: UUID) -> T | None:
        """The thing as it stands now, changes of this command included."""

    async def find_all(self, kind: type[T], ids: Iterable[UUID]) -> list[T]:
        """Those of the things that there are, in the order of their ids."""

    async def namesake(self, thing: Facility | Area | Asset | Team) -> UUID | None:
        """Another thing of this kind with the same name in the same place."""

    async def member_with_email(self, email: str) -> UUID | None:
        """Who has an e-mail address (in lower case)."""

    async def member_with_identity(self, platform: str, user_id: str) -> UUID | None:
        """Whom a chat platform knows by a user id."""

    async def other_administrators(self, member_id: UUID) -> int:
        """How many administrators there are besides this member."""

    async def stands_on(self, thing: Thing) -> bool:
        """Whether there is anything in this thing: areas, assets, teams, rotations, members."""

    async def teams_with_shifts_of(self, member_id: UUID) -> list[Team]:
        """The teams that have a shift or a role of this member, by id."""

    async def founding(self) -> Founding | None:
        """What the organisation was created with."""

    async def found(self, organization: Organization, founding: Founding) -> None:
        """Write a new organisation."""

    async def store(self, things: Sequence[Thing]) -> None:
        """Write things of one kind, members with their identities; memberships are written apart."""

    async def change_memberships(self, removed: Iterable[Membership], added: Iterable[Membership]) -> None:
        """End and begin memberships."""

    async def discard(self, thing: Thing) -> None:
        """Remove a thing on which nothing stands; a member's memberships and identities go with it."""

    async def chat_settings(self) -> ChatSettings | None:
        """Where the organisation's chat happens."""

    async def store_chat_settings(self, settings: ChatSettings) -> None:
        """Write the chat settings; raises TenantTaken when the tenant is another organisation's."""

    async def snapshot(self) -> Snapshot:
        """The whole directory."""

    def publish(self, *events: Event) -> None:
        """Publish when the command is done."""


Work = Callable[[UnitOfWork], Awaitable[dict[str, Any]]]
"""A command carried out in a unit of work; gives the command's result."""
