"""Keeping the copies: read once, then followed event by event."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from haveri_chassis.bus import Bus, OwnerUnavailable, QueryClient
from haveri_chassis.clock import Clock
from haveri_chassis.replica import Replica, all_pages
from haveri_contracts.directory import queries
from haveri_contracts.directory.models import Organization
from haveri_contracts.envelope import Envelope, UnreadableMessage, unwrap
from haveri_contracts.message import Query
from haveri_contracts.subjects import Kind, everything_of
from haveri_directory_copy.applying import with_events
from haveri_directory_copy.directory import Directory, by_id

_TRIES = 5
_MOST_RECEIVED = 500
"""More events than that, an import's for instance, are not kept: reading everything again is cheaper."""

_READ_AGAIN = timedelta(hours=1)
_CHANGES_BACK = timedelta(days=31)
"""Changes of shifts that were over before have nobody on shift any more."""


@dataclass
class _Copy:
    """A directory and the `sequence` of the last event that is in it."""

    directory: Directory
    version: int | None
    read_at: datetime


class DirectoryCopies:
    """Each organisation's directory, in memory. Create it before the bus is started.

    Events are applied in the order of their `sequence`, at the next use. When one is missing, or is not known here, all
    is read again, and once an hour in any case. Every minute, and after the bus was lost and found, the directory is
    asked whether the copy's version is still its last. Pages that were read count only if nothing changed meanwhile, or
    if what changed was received and is applied. While the directory is away the old copy is served.
    """

    def __init__(self, bus: Bus, client: QueryClient, clock: Clock, *, actor: str, schedules: bool = False) -> None:
        self._queries = client
        self._clock = clock
        self._actor = actor
        self._schedules = schedules
        self._copies: dict[str, _Copy] = {}
        self._received: dict[str, dict[int, Envelope]] = {}
        self._replica: Replica[_Copy] = Replica(self._load, bus, clock=clock, name="directory")
        bus.on_hint(everything_of(Kind.EVENT, "directory"), self._receive)

    async def get(self, organization: str) -> Directory:
        """The organisation's directory. Raises OwnerUnavailable when it was never seen and its owner is away, and
        QueryRefused when there is no such organisation."""
        copy = await self._replica.get(organization)
        received = self._received[organization]
        if received and not self._catch_up(copy, received):
            received.clear()
            self._replica.forget(organization)
            copy = await self._replica.get(organization)
        return copy.directory

    async def _receive(self, envelope: Envelope) -> None:
        received, copy = self._received.get(envelope.organization), self._copies.get(envelope.organization)
        if received is None:
            return
        if envelope.sequence is None or len(received) >= _MOST_RECEIVED:
            received.clear()
            self._replica.forget(envelope.organization)
        elif copy is None or copy.version is None or envelope.sequence > copy.version:
            # What is not newer was in the copy already: `haveri replay` tells everything again.
            received[envelope.sequence] = envelope

    async def _load(self, organization: str) -> _Copy:
        received, copy = self._received.setdefault(organization, {}), self._copies.get(organization)
        for _ in range(_TRIES):
            until_now = list(received)
            before = await self._ask(queries.GetOrganization(), organization)
            for sequence in until_now:
                # Committed before it was published: it is in what the directory said after we received it.
                received.pop(sequence, None)
            if copy is not None and self._still(copy, before.version):
                return copy
            since = self._clock.now() - _CHANGES_BACK if self._schedules else None
            directory = await read_directory(self._queries, before, self._actor, changes_since=since)
            read = _Copy(directory, before.version, self._clock.now())
            after = await self._ask(queries.GetOrganization(), organization)
            if self._catch_up(read, received) and (read.version is None or read.version >= after.version):
                self._copies[organization] = read
                return read
        raise OwnerUnavailable("the directory changes faster than it can be read")

    def _still(self, copy: _Copy, version: int | None) -> bool:
        return version is not None and copy.version == version and self._clock.now() < copy.read_at + _READ_AGAIN

    def _catch_up(self, copy: _Copy, received: dict[int, Envelope]) -> bool:
        """Apply what was received; False when something before it is missing or cannot be read."""
        if copy.version is None:
            return not received
        happened, version = [], copy.version
        try:
            while envelope := received.pop(version + 1, None):
                happened.append(unwrap(envelope))
                version += 1
        except UnreadableMessage:
            return False
        if happened:
            copy.directory = with_events(copy.directory, happened, schedules=self._schedules)
            copy.version = version
        return all(sequence <= version for sequence in received)

    async def _ask(self, query: Query, organization: str) -> Any:
        return await self._queries.ask(query, organization=organization, actor=self._actor)


async def read_directory(
    client: QueryClient, organization: queries.OrganizationNow, actor: str, *, changes_since: datetime | None = None
) -> Directory:
    """Everything that an organisation has; schedules with `changes_since`. Raises what asking raises."""
    lists: dict[str, Query] = {
        "facilities": queries.ListFacilities(),
        "areas": queries.ListAreas(),
        "assets": queries.ListAssets(),
        "teams": queries.ListTeams(),
        "members": queries.ListMembers(),
    }
    if changes_since is not None:
        lists |= {"rotations": queries.ListRotations(), "changes": queries.ListShiftChanges(starts_at=changes_since)}
    found = await asyncio.gather(*(all_pages(client, query, organization.id, actor) for query in lists.values()))
    tables: dict[str, Any] = {name: by_id(things) for name, things in zip(lists, found, strict=True)}
    if changes_since is not None:
        holidays = await client.ask(queries.ListHolidays(), organization=organization.id, actor=actor)
        tables["calendars"] = by_id(holidays.items)
    about = Organization(id=organization.id, name=organization.name, locale=organization.locale)
    return Directory(organization=about, **tables)
