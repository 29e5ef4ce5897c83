"""One organisation's directory, open for changes in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, Uuid, any_, exists, func, literal, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

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
from haveri_contracts.plain import Role, name_key
from haveri_directory.domain.refusals import TenantTaken
from haveri_directory.store.rows import Membership, T, Thing, to_row, to_thing
from haveri_directory.store.schedules import Schedules
from haveri_directory.store.snapshot import Snapshot
from haveri_directory.store.tables import (
    TABLES,
    areas,
    assets,
    chat_identities,
    chat_settings,
    members,
    memberships,
    organizations,
    rotations,
    shown,
    teams,
)
from haveri_directory.store.writing import delete_rows, upsert


@dataclass(frozen=True, slots=True)
class Founding:
    """What an organisation was created with, to tell a repeated command from another organisation of the same slug."""

    organization_name: str
    locale: Locale
    administrator_email: str


class UnitOfWork:
    """One organisation's directory, open for one command: nobody else changes it until the command is done.

    What `find` gives is normalised: a member's teams and identities and a team's members are in a fixed order. `now` is
    the moment at which the command is carried out.
    """

    def __init__(self, session: AsyncSession, slug: str, organization: Organization | None, now: datetime) -> None:
        self.slug = slug
        self.organization = organization
        self.now = now
        self.schedules = Schedules(session, slug)
        self.events: list[Event] = []
        self._session = session

    async def find(self, kind: type[T], id: UUID) -> T | None:
        """The thing as it stands now, changes of this command included."""
        return next(iter(await self._select(kind, TABLES[kind].c.id == id)), None)

    async def find_all(self, kind: type[T], ids: Iterable[UUID]) -> list[T]:
        """Those of the things that there are, by id."""
        wanted = list(ids)
        return await self._select(kind, _is_one_of(TABLES[kind].c.id, wanted)) if wanted else []

    async def namesake(self, thing: Facility | Area | Asset | Team) -> UUID | None:
        """Another thing of this kind with the same name in the same place."""
        table = TABLES[type(thing)]
        conditions = [table.c.name_key == name_key(thing.name), table.c.id != thing.id]
        if isinstance(thing, Area | Team):
            conditions.append(table.c.facility_id == thing.facility_id)
        if isinstance(thing, Asset):
            conditions.append(table.c.area_id == thing.area_id)
        return await self._id(select(table.c.id).where(table.c.organization_id == self.slug, *conditions))

    async def member_with_email(self, email: str) -> UUID | None:
        """Who has an e-mail address."""
        return await self._id(
            select(members.c.id).where(members.c.organization_id == self.slug, members.c.email == email)
        )

    async def member_with_identity(self, platform: str, user_id: str) -> UUID | None:
        """Whom a chat platform knows by a user id."""
        columns = chat_identities.c
        return await self._id(
            select(columns.member_id).where(
                columns.organization_id == self.slug, columns.platform == platform, columns.user_id == user_id
            )
        )

    async def other_administrators(self, member_id: UUID) -> int:
        """How many administrators there are besides this member."""
        columns = members.c
        counted: int = await self._one(
            select(func.count()).where(
                columns.organization_id == self.slug,
                columns.role == Role.ADMINISTRATOR.value,
                columns.id != member_id,
            )
        )
        return counted

    async def stands_on(self, thing: Thing) -> bool:
        """Whether there is anything in this thing: areas, assets, teams, rotations, members."""
        references = {
            Facility: (areas.c.facility_id, teams.c.facility_id, rotations.c.facility_id),
            Area: (assets.c.area_id,),
            Asset: (),
            Team: (memberships.c.team_id,),
            Member: (),
        }[type(thing)]
        found = [
            await self._one(select(exists().where(column.table.c.organization_id == self.slug, column == thing.id)))
            for column in references
        ]
        return any(found)

    async def teams_with_shifts_of(self, member_id: UUID) -> list[Team]:
        """The teams that have a shift or a role of this member, by id."""
        one = [{"member_ids": [str(member_id)]}]
        return await self._select(
            Team, or_(teams.c.shift_info.contains({"shifts": one}), teams.c.shift_info.contains({"roles": one}))
        )

    async def founding(self) -> Founding | None:
        """What the organisation was created with."""
        created_as = await self._one(
            select(organizations.c.created_as).where(organizations.c.organization_id == self.slug)
        )
        if created_as is None:
            return None
        return Founding(**created_as)

    async def found(self, organization: Organization, founding: Founding) -> None:
        """Write a new organisation."""
        await self._session.execute(
            insert(organizations).values(
                organization_id=self.slug,
                name=organization.name,
                locale=organization.locale,
                created_as=asdict(founding),
            )
        )
        self.organization = organization

    async def store(self, things: Sequence[Thing]) -> None:
        """Write things of one kind, members with their identities; memberships are written apart."""
        if things:
            await upsert(self._session, TABLES[type(things[0])], [to_row(self.slug, thing) for thing in things])
        await self._store_identities([thing for thing in things if isinstance(thing, Member)])

    async def change_memberships(self, removed: Iterable[Membership], added: Iterable[Membership]) -> None:
        """End and begin memberships."""
        for team_id, member_id in removed:
            ended = (memberships.c.team_id == team_id, memberships.c.member_id == member_id)
            await delete_rows(self._session, self.slug, memberships, *ended)
        rows = [
            {"organization_id": self.slug, "team_id": team_id, "member_id": member_id} for team_id, member_id in added
        ]
        if rows:
            await self._session.execute(insert(memberships), rows)

    async def discard(self, thing: Thing) -> None:
        """Remove a thing on which nothing stands; a member's memberships and identities go with it."""
        if isinstance(thing, Member):
            await delete_rows(self._session, self.slug, memberships, memberships.c.member_id == thing.id)
            await delete_rows(self._session, self.slug, chat_identities, chat_identities.c.member_id == thing.id)
        table = TABLES[type(thing)]
        await delete_rows(self._session, self.slug, table, table.c.id == thing.id)

    async def chat_settings(self) -> ChatSettings | None:
        """Where the organisation's chat happens."""
        found = await self._session.execute(select(chat_settings).where(chat_settings.c.organization_id == self.slug))
        row = found.mappings().one_or_none()
        return ChatSettings.model_validate(dict(row)) if row else None

    async def store_chat_settings(self, settings: ChatSettings) -> None:
        """Write the chat settings; raises TenantTaken, after which the transaction cannot go on."""
        values = settings.model_dump()
        upsert = (
            insert(chat_settings)
            .values(organization_id=self.slug, **values)
            .on_conflict_do_update(index_elements=["organization_id"], set_=values)
        )
        try:
            await self._session.execute(upsert)
        except IntegrityError as error:
            # Row policies hide other organisations' settings, so only the index can know.
            if "one_organization_a_tenant" not in str(error.orig):
                raise
            raise TenantTaken(
                f"The {settings.platform} tenant {settings.tenant_id} is another organisation's."
            ) from None

    async def snapshot(self) -> Snapshot:
        """The whole directory."""
        if self.organization is None:
            raise LookupError(f"there is no organisation {self.slug!r}")
        return Snapshot(
            organization=self.organization,
            facilities={thing.id: thing for thing in await self._select(Facility)},
            areas={thing.id: thing for thing in await self._select(Area)},
            assets={thing.id: thing for thing in await self._select(Asset)},
            teams={thing.id: thing for thing in await self._select(Team)},
            members={thing.id: thing for thing in await self._select(Member)},
            rotations={rotation.id: rotation for rotation in await self.schedules.every_rotation()},
            calendars={calendar.facility_id: calendar for calendar in await self.schedules.every_calendar()},
        )

    def publish(self, *events: Event) -> None:
        """Publish when the command is done."""
        self.events.extend(events)

    async def _select(self, kind: type[T], *conditions: ColumnElement[bool]) -> list[T]:
        statement = shown(kind, self.slug).where(*conditions).order_by(TABLES[kind].c.id)
        return [to_thing(kind, row) for row in (await self._session.execute(statement)).mappings()]

    async def _store_identities(self, people: Sequence[Member]) -> None:
        if not people:
            return
        # All are taken back before any is given, so that two members may swap theirs.
        theirs = _is_one_of(chat_identities.c.member_id, [member.id for member in people])
        await delete_rows(self._session, self.slug, chat_identities, theirs)
        rows = [
            {"organization_id": self.slug, "member_id": member.id, **identity.model_dump()}
            for member in people
            for identity in member.chat_identities
        ]
        if rows:
            await self._session.execute(insert(chat_identities), rows)

    async def _id(self, statement: Select[Any]) -> UUID | None:
        found: UUID | None = await self._one(statement)
        return found

    async def _one(self, statement: Select[Any]) -> Any:
        return (await self._session.execute(statement)).scalar_one_or_none()


def _is_one_of(column: Any, ids: list[UUID]) -> ColumnElement[bool]:
    """One array instead of a parameter for each id, of which PostgreSQL takes 32,767."""
    matches: ColumnElement[bool] = column == any_(literal(ids, ARRAY(Uuid)))
    return matches
