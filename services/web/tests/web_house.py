"""The web application put together for tests: real PostgreSQL, everything else in memory, time by hand."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
from argon2 import PasswordHasher
from web_plant import START, Plants, TenantPlant, demo

from haveri_chassis.ids import SystemIds
from haveri_chassis.messages import Sender
from haveri_contracts.plain import EntryType
from haveri_contracts.timeline.events import EntriesRecorded
from haveri_devservers.testing.clock import ManualClock
from haveri_web.adapters.passwords import Hasher
from haveri_web.app import create_http
from haveri_web.configuration import WebSettings
from haveri_web.domain.access import Scope
from haveri_web.http.context import Web
from haveri_web.http.live_views import LiveViews
from haveri_web.security.accounts import set_password
from haveri_web.security.tokens import create_token

CHEAP = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
PASSWORD = "correct horse battery"


class MemoryBlobs:
    """An object store in memory."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    async def stream(self, key: str) -> AsyncIterator[bytes]:
        """The object in pieces of ten bytes."""
        from haveri_chassis.objects import ObjectNotFound

        if key not in self.objects:
            raise ObjectNotFound(key)
        body = self.objects[key]
        for start in range(0, len(body), 10):
            yield body[start : start + 10]


class Door:
    """A client that came with an API token."""

    def __init__(self, client: httpx2.AsyncClient, token: str) -> None:
        self.client = client
        self.token = token

    async def __call__(self, method: str, path: str, **options: Any) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        return await self.client.request(method, f"/api/v1{path}", headers=headers, **options)


class WebHouse:
    """The web with the organisations `slug` and `other`, each a demo plant of its own."""

    def __init__(self, database: Any, plants: Plants, slugs: Sequence[str], settings: WebSettings) -> None:
        self.clock, self.ids, self.plants, self.database = ManualClock(START), SystemIds(), plants, database
        self.slug, self.other_slug = slugs
        self.live, self.blobs = LiveViews(settings.live_connections), MemoryBlobs()
        self.hasher = Hasher(CHEAP)
        self.web = Web(
            settings=settings,
            clock=self.clock,
            ids=self.ids,
            database=database,
            commands=plants,
            queries=plants,
            directories=plants,
            live=self.live,
            blobs=self.blobs,
            hasher=self.hasher,
        )
        self.http = create_http(self.web)
        self._clients: list[httpx2.AsyncClient] = []

    @classmethod
    async def start(cls, schema: Any, new_slug: Callable[[], str], **settings: Any) -> WebHouse:
        """Put it together."""
        database = schema.database("web")
        await database.open()
        plants, slugs = Plants(), (new_slug(), new_slug())
        for slug in slugs:
            demo(plants, slug, SystemIds().new)
        return cls(database, plants, slugs, schema.settings(WebSettings, **settings))

    async def stop(self) -> None:
        """Close everything."""
        for client in self._clients:
            await client.aclose()
        await self.database.close()

    @property
    def tenant(self) -> TenantPlant:
        """The first organisation."""
        return self.plants.tenants[self.slug]

    @property
    def other(self) -> TenantPlant:
        """The second one."""
        return self.plants.tenants[self.other_slug]

    def advance(self, **by: float) -> None:
        """Let time pass, for the web and the plant alike."""
        self.clock.advance(timedelta(**by))
        self.plants.now = self.clock.now()

    def client(self, base: str = "http://haveri.test") -> httpx2.AsyncClient:
        """A client without cookies that follows no redirects."""
        made = httpx2.AsyncClient(transport=httpx2.ASGITransport(self.http, raise_app_exceptions=False), base_url=base)
        self._clients.append(made)
        return made

    async def token(self, name: str, scopes: Sequence[Scope] = tuple(Scope), slug: str = "", days: float = 30) -> str:
        """An API token of the member of that name."""
        organization = slug or self.slug
        member = self.plants.tenants[organization].member(name)
        expires = self.clock.now() + timedelta(days=days)
        made, _ = await create_token(self.database, organization, member.id, "test", scopes, expires, clock=self.clock)
        return made

    async def door(self, name: str, scopes: Sequence[Scope] = tuple(Scope), slug: str = "") -> Door:
        """The API as the member of that name."""
        return Door(self.client(), await self.token(name, scopes, slug))

    async def account(self, name: str, slug: str = "", password: str = PASSWORD) -> str:
        """Let a member sign in; gives the e-mail address."""
        organization = slug or self.slug
        member = self.plants.tenants[organization].member(name)
        await set_password(
            self.database, organization, member.id, member.email, password, hasher=self.hasher, clock=self.clock
        )
        return member.email

    async def signed_in(self, name: str) -> httpx2.AsyncClient:
        """A browser in which the member of that name is signed in."""
        email = await self.account(name)
        client = self.client()
        answer = await sign_in(client, email, PASSWORD)
        assert answer.status_code == 303, answer.text
        return client

    async def announce(self, incident_id: str) -> None:
        """Let the web hear from the bus that an incident's timeline grew."""
        grown = EntriesRecorded(incident_id=UUID(incident_id), first_seq=1, last_seq=1, types=[EntryType.MESSAGE])
        sender = Sender("timeline", self.clock, self.ids)
        await self.live.receive(sender.event(grown, organization=self.slug, actor="system:timeline", cause=None))

    async def incident(self, door: Door, title: str = "Filler 2 jammed, line 1 down", severity: str = "SEV1") -> Any:
        """Declare one; gives its state."""
        facility = next(iter(self.tenant.things["facility"]))
        body = {"title": title, "severity": severity, "facility_id": str(facility)}
        answer = await door("POST", "/incidents", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()


def form_token(page: str) -> str:
    """The token in a page's forms."""
    found = re.search(r'name="form_token" value="([^"]+)"', page)
    assert found, page
    return found[1]


async def sign_in(client: httpx2.AsyncClient, email: str, password: str, **more: str) -> httpx2.Response:
    """Fill in the form and send it."""
    page = await client.get("/sign-in")
    fields = {"email": email, "password": password, "form_token": form_token(page.text), **more}
    return await client.post("/sign-in", data=fields)
