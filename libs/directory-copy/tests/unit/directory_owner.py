"""A directory that answers queries page by page and tells what it changes, on a bus that a test can cut."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from haveri_chassis.bus import OwnerUnavailable
from haveri_chassis.messages import Sender
from haveri_contracts.directory import events, queries
from haveri_contracts.directory.models import Member
from haveri_contracts.envelope import Envelope
from haveri_contracts.message import Event, Query
from haveri_contracts.plain import Role, name_key
from haveri_devservers.testing.clock import ManualClock
from haveri_devservers.testing.ids import SequentialIds

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)

TABLES: dict[type[Query], str] = {
    queries.ListFacilities: "facility",
    queries.ListAreas: "area",
    queries.ListAssets: "asset",
    queries.ListTeams: "team",
    queries.ListMembers: "member",
    queries.ListRotations: "rotation",
    queries.ListShiftChanges: "change",
    queries.ListHolidays: "calendar",
}


class Bus:
    """Says to whoever listens what the owner tells, unless it is cut."""

    def __init__(self) -> None:
        self.handlers: list[Any] = []
        self.hooks: list[Callable[[], None]] = []
        self.connection = self
        self.cut = False

    def on_hint(self, _: str, handler: Any) -> None:
        """As the bus does."""
        self.handlers.append(handler)

    def after_reconnect(self, hook: Callable[[], None]) -> None:
        """As the connection does."""
        self.hooks.append(hook)

    async def say(self, envelope: Envelope) -> None:
        """Everybody hears it."""
        for handler in self.handlers:
            if not self.cut:
                await handler(envelope)

    def found_again(self) -> None:
        """The bus was away and is back."""
        for hook in self.hooks:
            hook()


class Owner:
    """Directories by organisation. `during` is done once, after the first page that is asked for next."""

    def __init__(self, bus: Bus) -> None:
        self.bus = bus
        self.clock = ManualClock(NOW)
        self.ids = SequentialIds()
        self.things: dict[tuple[str, str], dict[UUID, Any]] = {}
        self.versions: dict[str, int] = {}
        self.asked: list[str] = []
        self.away = False
        self.numbers = True
        self.page = 1
        self.during: Callable[[], Any] | None = None
        self._sender = Sender("directory", self.clock, self.ids)

    async def put(self, event: Event, organization: str = "demo") -> Envelope:
        """Change something and tell it."""
        envelope = self.change(event, organization)
        await self.bus.say(envelope)
        return envelope

    def change(self, event: Event, organization: str = "demo") -> Envelope:
        """Change something; gives what is to be told."""
        if isinstance(event, events.Removed):
            self.things[organization, event.kind_of_thing].pop(event.id)
        elif not isinstance(event, events.ChatSettingsChanged):
            field = next(iter(type(event).model_fields))
            thing = getattr(event, field)
            self.things.setdefault((organization, field), {})[getattr(thing, "id", None) or thing.facility_id] = thing
        self.versions[organization] = self.versions.get(organization, 0) + 1
        sequence = self.versions[organization] if self.numbers else None
        return self._sender.event(event, organization=organization, actor="system:test", cause=None, sequence=sequence)

    async def ask(self, query: Query, *, organization: str, actor: str, timeout: float = 3.0) -> Any:
        """As the query client does."""
        self.asked.append(query.name)
        if self.away:
            raise OwnerUnavailable("away")
        if isinstance(query, queries.GetOrganization):
            version = self.versions.get(organization, 0) if self.numbers else None
            return queries.OrganizationNow(id=organization, name=organization.title(), version=version)
        things = list(self.things.get((organization, TABLES[type(query)]), {}).values())
        if isinstance(query, queries.ListHolidays):
            return queries.HolidayCalendarList(items=things)
        things.sort(key=lambda item: (name_key(getattr(item, "name", "")), item.id))
        start = int(query.page.cursor or 0)  # type: ignore[attr-defined]
        end = start + self.page
        items, more = things[start:end], end < len(things)
        if self.during is not None:
            during, self.during = self.during, None
            await during()
        return query.Answer(items=items, next_cursor=str(end) if more else None)

    def member(self, name: str, **values: Any) -> Member:
        """A member who was not put yet."""
        email = f"{name.lower()}@haveri.example"
        return Member(**{"id": self.ids.new(), "name": name, "email": email, "role": Role.RESPONDER, **values})
