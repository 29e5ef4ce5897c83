"""Organisations as a test meets them: a chat tenant with people in it, and a door to the API."""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2

from haveri_directory.demo import BOREALIS, DEMO, TenantSeed, plant_document, teams_tenant
from haveri_teams_tenant.cards.actions import inputs_of
from haveri_teams_tenant.client import AppInstall, TeamSeed, TenantClient, TenantRefused, UserSeed
from haveri_teams_tenant.client.models import Dialog, Message, Outcome, Place
from haveri_teams_tenant.client.person import Actor
from haveri_teams_tenant.client.tenant import TenantHandle
from haveri_tool.running.furnish import chat_app
from haveri_tool.testing import RunningHouse

PATIENCE = 20.0
"""Seconds after which something that a person waits for has failed, on a busy machine with two cores."""

NOT_THERE = 404
Entry = dict[str, Any]


@dataclass(frozen=True)
class Declared:
    """An incident that was declared in chat."""

    number: str
    channel: Place
    card: Message
    global_card: Message


@dataclass(frozen=True)
class Organization:
    """One organisation of a running house."""

    slug: str
    seed: TenantSeed
    tenant: TenantHandle
    api: httpx2.AsyncClient
    token: str
    administrator: tuple[str, str]

    @property
    def global_channel(self) -> str:
        """The id of the channel with the summary cards."""
        return self.seed.teams[0].global_channel_id

    def person(self, name: str) -> Actor:
        """Somebody of the plant, in chat."""
        return self.tenant.as_user(name)

    async def get(self, path: str, **query: Any) -> Any:
        """What the API answers; raises for anything but success."""
        answer = await self.api.get(path, params={name: value for name, value in query.items() if value is not None})
        answer.raise_for_status()
        return answer.json()

    async def declare(self, who: str, text: str) -> Declared:
        """Type `/incident …` in General and wait for channel, workflow card and global card."""
        known = {channel.id for channel in await self.tenant.channels()}
        await self.person(who).command("General", f"/incident {text}")
        channel = await self.tenant.wait_for_channel(lambda place: place.id not in known, PATIENCE)
        return await self.cards_of(channel)

    async def cards_of(self, channel: Place) -> Declared:
        """The incident whose channel this is, as soon as both cards are there."""
        number = number_of(channel)
        card = await self.tenant.wait_for_message(channel, lambda message: message.card is not None, PATIENCE)
        shown = await self.tenant.wait_for_message(
            self.global_channel, lambda message: message.card is not None and is_about(message, number), PATIENCE
        )
        return Declared(number, channel, card, shown)

    async def timeline(self, number: str) -> list[Entry]:
        """The whole timeline of an incident."""
        found: list[Entry] = (await self.get(f"/incidents/{number}/timeline", limit=1000))["items"]
        return found

    async def wait_for_entry(self, number: str, fits: Callable[[Entry], bool], timeout: float = PATIENCE) -> Entry:
        """The first entry that fits, as soon as it is on the timeline."""

        async def look() -> Entry | None:
            return next((entry for entry in await self.timeline(number) if fits(entry)), None)

        return await eventually(look, timeout)

    async def wait_for_state(self, number: str, timeout: float = PATIENCE, **wanted: Any) -> dict[str, Any]:
        """The incident, as soon as it has these values."""
        seen: dict[str, Any] = {}

        async def look() -> dict[str, Any] | None:
            seen.update(await self.get(f"/incidents/{number}"))
            return seen if all(seen[name] == value for name, value in wanted.items()) else None

        try:
            return await eventually(look, timeout)
        except TimeoutError:
            raise AssertionError(
                f"{number} has not {wanted} but { ({name: seen.get(name) for name in wanted}) }"
            ) from None

    async def text_of_card(self, message_id: str) -> str:
        """Everything that a card shows now."""
        card = (await self.tenant.message(message_id)).card
        return "\n".join(card.texts()) if card else ""

    async def until_card_says(self, message_id: str, *words: str, timeout: float = PATIENCE) -> str:
        """The card's text, as soon as it holds all these words."""

        async def look() -> str | None:
            text = await self.text_of_card(message_id)
            return text if all(word.lower() in text.lower() for word in words) else None

        return await self.tenant.wait_for(look, timeout)

    async def fill_in(self, who: str, card: Message, verb: str, **values: str) -> Outcome:
        """Open a form from a card as soon as it has the button, fill it in and send it."""

        async def opened() -> Dialog | None:
            try:
                return await self.person(who).open_form(card.id, verb)
            except TenantRefused as refused:
                if refused.status != NOT_THERE:
                    raise
                return None

        form: Dialog = await self.tenant.wait_for(opened, PATIENCE)
        outcome = await self.person(who).submit_form(form, filled(form, **values))
        assert outcome.kind != "error", outcome.text
        return outcome

    async def answer_to(self, who: str, place: Place | str, text: str) -> Message:
        """Say something and wait for the answer that only this person sees; notices to everybody are none."""
        person = next(user.aad_object_id for user in self.seed.users if user.name == who)
        where = place.id if isinstance(place, Place) else place
        known = {message.id for message in await self.tenant.messages(where)}
        await self.person(who).say(where, text)
        return await self.tenant.wait_for_message(
            where,
            lambda message: message.by_bot and message.id not in known and message.seen_by == (person,),
            PATIENCE,
        )


def number_of(channel: Place) -> str:
    """`INC-7` of the channel `inc-7-filler-2-jammed`."""
    return f"INC-{channel.name.split('-')[1]}"


def is_about(message: Message, number: str) -> bool:
    """Whether a card is about this incident: INC-1 is not INC-12."""
    shown = "\n".join(message.card.texts()) if message.card else ""
    return re.search(rf"\b{number}\b", shown) is not None


def incident_channels(channels: list[Place]) -> list[Place]:
    """The channels of incidents among all channels."""
    return [channel for channel in channels if channel.name.startswith("inc-")]


def is_incident_number(number: str) -> Callable[[Place], bool]:
    """Finds the channel of an incident."""
    return lambda place: place.name.startswith("inc-") and number_of(place) == number


async def eventually(look: Any, timeout: float = PATIENCE) -> Any:
    """What `look` gives as soon as it gives something; refused connections count as nothing. Raises TimeoutError."""
    async with asyncio.timeout(timeout):
        while True:
            try:
                found = await look()
            except httpx2.HTTPError:
                found = None
            if found:
                return found
            await asyncio.sleep(0.05)


def filled(form: Dialog, **values: str) -> dict[str, str]:
    """What a person writes into a form; what is required and not given gets its present value or first choice."""
    known = dict(values)
    for node in inputs_of(form.card.json):
        if node.get("isRequired") and node["id"] not in known:
            choices = node.get("choices") or [{"value": ""}]
            known[node["id"]] = node.get("value") or choices[0]["value"]
    return known


@asynccontextmanager
async def demo_plant(house: RunningHouse, tenants: TenantClient) -> AsyncIterator[Organization]:
    """The demo plant, which `haveri up` set up."""
    seed = teams_tenant(DEMO)
    async with house.api() as api:
        token, account = house.endpoints["api_token"], house.endpoints["administrator"]
        tenant = tenants.tenant(seed.tenant_id)
        yield Organization(DEMO, seed, tenant, api, token, (account["email"], account["password"]))


@asynccontextmanager
async def borealis_plant(house: RunningHouse, tenants: TenantClient) -> AsyncIterator[Organization]:
    """A second organisation in the same house, set up with the commands that an administrator has."""
    seed = teams_tenant(BOREALIS)
    owner = seed.teams[0].members[0]
    name = next(user.name for user in seed.users if user.email == owner)
    administrator = ("--admin-name", name, "--admin-email", owner)
    founded = house.haveri("org", "create", BOREALIS, "--name", seed.name, *administrator, "--locale", "fi")
    password = founded.stdout.rpartition("Password, shown only now: ")[2].strip()
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".yaml") as document:
        document.write(plant_document(BOREALIS))
        document.flush()
        house.haveri("org", "import", BOREALIS, document.name)
    token = house.haveri("token", "create", BOREALIS, owner, "--name", "e2e", "--quiet").stdout.strip()
    tenant = await furnish_tenant(house, tenants, seed)
    async with house.api(token) as api:
        settings = {
            "platform": "teams",
            "tenant_id": seed.tenant_id,
            "team_id": seed.teams[0].group_id,
            "global_channel_id": seed.teams[0].global_channel_id,
            "incident_channel": "channel",
        }
        (await api.put("/settings/chat", json=settings)).raise_for_status()
        yield Organization(BOREALIS, seed, tenant, api, token, (owner, password))


async def furnish_tenant(house: RunningHouse, tenants: TenantClient, seed: TenantSeed) -> TenantHandle:
    """Seed one more Microsoft 365 tenant and install the same app there."""
    tenant = tenants.tenant(seed.tenant_id)
    await tenant.seed(
        seed.name,
        [UserSeed(user.aad_object_id, user.name, user.email, user.locale) for user in seed.users],
        [
            TeamSeed(team.group_id, team.name, tuple((c.name, c.id) for c in team.channels), tuple(team.members))
            for team in seed.teams
        ],
    )
    await tenant.install(the_app(house))
    return tenant


def the_app(house: RunningHouse) -> AppInstall:
    """Haveri's Teams app as this house knows it."""
    secret = (house.root / "secrets" / "teams-app-secret").read_text().strip()
    return chat_app(app_id(house), secret, house.endpoints["teams_gateway"], teams_tenant(DEMO).tenant_id)


def app_id(house: RunningHouse) -> str:
    """The Teams app's id."""
    return (house.root / "secrets" / "teams-app-id").read_text().strip()
