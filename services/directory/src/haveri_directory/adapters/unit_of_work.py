"""One organisation's directory, open for changes in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, Uuid, any_, delete, exists, func, literal, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from haveri_contracts.directory.models import (
    Area,
    Asset,
    ChatSettings,
    Facility,
    Member,
    Organization,
    Team,
)
from haveri_contracts.message import Event
from haveri_contracts.plain import Role, name_key
from haveri_directory.adapters.rows import to_row, to_thing
from haveri_directory.adapters.schedule_unit_of_work import SqlSchedules
from haveri_directory.adapters.tables import (
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
from haveri_directory.application.ports import Founding, Membership, T, Thing
from haveri_directory.application.snapshot import Snapshot
from haveri_directory.domain.refusals import TenantTaken


class SqlUnitOfWork:
    """The directory of an organisation that is locked until the session ends; see `ports.UnitOfWork`."""

    def __init__(self, session: AsyncSession, slug: str, organization: Organization | None, now: datetime) -> None:
        self.slug = slug
        self.organization = organization
        self.now = now
        self.schedules = SqlSchedules(session, slug)
        self.events: list[Event] = []
        self._session = session

    async def find(self, kind: type[T], id: UUID) -> T | None:
        """The thing as it stands now."""
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
        """Whether anything else in the directory needs this thing."""
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
        return Founding(created_as["organization_name"], created_as["locale"], created_as["administrator_email"])

    async def found(self, organization: Organization, founding: Founding) -> None:
        """Write a new organisation."""
        created_as = {
            "organization_name": founding.organization_name,
            "locale": founding.locale,
            "administrator_email": founding.administrator_email,
        }
        await self._session.execute(
            insert(organizations).values(
                organization_id=self.slug,
                name=organization.name,
                locale=organization.locale,
                created_as=created_as,
            )
        )
        self.organization = organization

    async def store(self, things: Sequence[Thing]) -> None:
        """Write things of one kind, members with their identities."""
        if not things:
            return
        table = TABLES[type(things[0])]
        statement = insert(table)
        changed = {column.name: statement.excluded[column.name] for column in table.columns if not column.primary_key}
        upsert = statement.on_conflict_do_update(index_elements=["organization_id", "id"], set_=changed)
        await self._session.execute(upsert, [to_row(self.slug, thing) for thing in things])
        await self._store_identities([thing for thing in things if isinstance(thing, Member)])

    async def change_memberships(self, removed: Iterable[Membership], added: Iterable[Membership]) -> None:
        """End and begin memberships."""
        for team_id, member_id in removed:
            await self._delete(memberships, memberships.c.team_id == team_id, memberships.c.member_id == member_id)
        rows = [
            {"organization_id": self.slug, "team_id": team_id, "member_id": member_id} for team_id, member_id in added
        ]
        if rows:
            await self._session.execute(insert(memberships), rows)

    async def discard(self, thing: Thing) -> None:
        """Remove a thing; a member's memberships and identities go with it."""
        if isinstance(thing, Member):
            await self._delete(memberships, memberships.c.member_id == thing.id)
            await self._delete(chat_identities, chat_identities.c.member_id == thing.id)
        table = TABLES[type(thing)]
        await self._delete(table, table.c.id == thing.id)

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
        await self._delete(chat_identities, _is_one_of(chat_identities.c.member_id, [member.id for member in people]))
        rows = [
            {"organization_id": self.slug, "member_id": member.id, **identity.model_dump()}
            for member in people
            for identity in member.chat_identities
        ]
        if rows:
            await self._session.execute(insert(chat_identities), rows)

    async def _delete(self, table: Any, *conditions: ColumnElement[bool]) -> None:
        await self._session.execute(delete(table).where(table.c.organization_id == self.slug, *conditions))

    async def _id(self, statement: Select[Any]) -> UUID | None:
        found: UUID | None = await self._one(statement)
        return found

    async def _one(self, statement: Select[Any]) -> Any:
        return (await self._session.execute(statement)).scalar_one_or_none()


def _is_one_of(column: Any, ids: list[UUID]) -> ColumnElement[bool]:
    """One array instead of a parameter for each id, of which PostgreSQL takes 32,767."""
    matches: ColumnElement[bool] = column == any_(literal(ids, ARRAY(Uuid)))
    return matches
