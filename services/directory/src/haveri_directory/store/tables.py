"""The directory's tables, as the migrations make them, and how things are selected from them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, MetaData, Select, Table, Text, Uuid, func, select
from sqlalchemy.dialects.postgresql import JSONB

from haveri_contracts.directory.models import Area, Asset, Facility, Member, Team
from haveri_contracts.directory.schedules import Rotation, ShiftChange

metadata = MetaData()


def _table(name: str, *columns: Column[Any]) -> Table:
    return Table(name, metadata, Column("organization_id", Text, primary_key=True), *columns)


def _named(name: str, *columns: Column[Any]) -> Table:
    return _table(name, Column("id", Uuid, primary_key=True), Column("name", Text), Column("name_key", Text), *columns)


organizations = _table(
    "organizations",
    Column("name", Text),
    Column("locale", Text),
    Column("created_as", JSONB),
    Column("version", BigInteger),
)
facilities = _named("facilities", Column("timezone", Text), Column("metadata", JSONB))
areas = _named("areas", Column("facility_id", Uuid))
assets = _named("assets", Column("area_id", Uuid), Column("asset_type", Text), Column("metadata", JSONB))
teams = _named("teams", Column("facility_id", Uuid), Column("shift_info", JSONB))
members = _named(
    "members",
    Column("email", Text),
    Column("role", Text),
    Column("contact_prefs", JSONB),
    Column("locale", Text),
)
memberships = _table(
    "memberships", Column("team_id", Uuid, primary_key=True), Column("member_id", Uuid, primary_key=True)
)
chat_identities = _table(
    "chat_identities",
    Column("platform", Text, primary_key=True),
    Column("user_id", Text, primary_key=True),
    Column("member_id", Uuid),
)
chat_settings = _table(
    "chat_settings",
    Column("platform", Text),
    Column("tenant_id", Text),
    Column("team_id", Text),
    Column("global_channel_id", Text),
    Column("incident_channel", Text),
)
rotations = _named(
    "rotations",
    Column("facility_id", Uuid),
    Column("kind", Text),
    Column("first_day", Date),
    Column("last_day", Date),
    Column("slots", JSONB),
    Column("pattern", JSONB),
    Column("crews", JSONB),
    Column("rests_on_holidays", Boolean),
)
shift_changes = _table(
    "shift_changes",
    Column("id", Uuid, primary_key=True),
    Column("team_id", Uuid),
    Column("kind", Text),
    Column("member_id", Uuid),
    Column("substitute_id", Uuid),
    Column("starts_at", DateTime(timezone=True)),
    Column("ends_at", DateTime(timezone=True)),
    Column("return_starts_at", DateTime(timezone=True)),
    Column("return_ends_at", DateTime(timezone=True)),
    Column("shift", Text),
    Column("note", Text),
    Column("accepted", Boolean),
    Column("proposed_by", Uuid),
    Column("imported_uid", Text),
)
holidays = _table(
    "holidays",
    Column("facility_id", Uuid, primary_key=True),
    Column("date", Date, primary_key=True),
    Column("name", Text, primary_key=True),
)

TABLES: dict[type[Any], Table] = {
    Facility: facilities,
    Area: areas,
    Asset: assets,
    Team: teams,
    Member: members,
    Rotation: rotations,
    ShiftChange: shift_changes,
}

_NOT_SHOWN = {"organization_id", "name_key", "imported_uid"}


def shown(kind: type[Any], organization: str) -> Select[Any]:
    """Select an organisation's things of one kind with all that their models hold."""
    table = TABLES[kind]
    columns: list[Any] = [column for column in table.columns if column.name not in _NOT_SHOWN]
    if kind is Team:
        columns.append(_ids(memberships.c.member_id, memberships.c.team_id, organization, teams.c.id, "member_ids"))
    if kind is Member:
        columns.append(_ids(memberships.c.team_id, memberships.c.member_id, organization, members.c.id, "team_ids"))
        columns.append(_identities(organization))
    return select(*columns).where(table.c.organization_id == organization)


def _ids(wanted: Any, given: Any, organization: str, owner: Any, name: str) -> Any:
    of_owner = select(wanted).where(memberships.c.organization_id == organization, given == owner).order_by(wanted)
    return func.array(of_owner.correlate(owner.table).scalar_subquery()).label(name)


def _identities(organization: str) -> Any:
    identity = func.jsonb_build_object(
        "platform", chat_identities.c.platform, "user_id", chat_identities.c.user_id, type_=JSONB
    )
    # In the order of Python's strings, whatever the database's collation.
    platform, user_id = (column.collate("C") for column in (chat_identities.c.platform, chat_identities.c.user_id))
    of_member = (
        select(identity)
        .where(chat_identities.c.organization_id == organization, chat_identities.c.member_id == members.c.id)
        .order_by(platform, user_id)
    )
    return func.to_jsonb(func.array(of_member.correlate(members).scalar_subquery()), type_=JSONB).label(
        "chat_identities"
    )
