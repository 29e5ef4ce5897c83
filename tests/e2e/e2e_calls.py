"""People who are called: their own chats, their mailboxes, and what the API says of the runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
from e2e_plants import PATIENCE, Organization, app_id, eventually
from e2e_promises import uuid7

from haveri_teams_tenant.client.models import Mail, Message
from haveri_tool.testing import RunningHouse

Json = dict[str, Any]
CREWS = ("Crew A", "Crew B", "Crew C")


@dataclass(frozen=True)
class Calls:
    """What can be seen of an organisation's escalations from outside."""

    demo: Organization
    app: str

    @classmethod
    def of(cls, house: RunningHouse, demo: Organization) -> Calls:
        """Those of an organisation in a running house."""
        return cls(demo, app_id(house))

    async def ids(self, kind: str) -> dict[str, str]:
        """Ids by name: members, teams, areas, facilities."""
        return {item["name"]: item["id"] for item in (await self.demo.get(f"/{kind}", limit=200))["items"]}

    async def card_of(self, person: str, number: str) -> Message:
        """The call that a person gets in their own chat for an incident, as soon as it is there."""

        async def look() -> Message | None:
            return next(iter(await self.cards_of(person, number)), None)

        found: Message = await eventually(look)
        return found

    async def cards_of(self, person: str, number: str) -> list[Message]:
        """All calls that a person has got for an incident so far."""
        chat = await self.demo.person(person).chat_with(self.app)
        messages = await self.demo.person(person).messages(chat)
        return [it for it in messages if it.card and f"{number} " in "\n".join(it.card.texts()) + " "]

    async def runs(self, number: str) -> list[Json]:
        """The incident's runs, oldest first."""
        found: list[Json] = (await self.demo.get(f"/incidents/{number}/escalations"))["items"]
        return found

    async def until_runs(self, number: str, fits: Any, timeout: float = PATIENCE) -> list[Json]:
        """The incident's runs as soon as they are so."""

        async def look() -> list[Json] | None:
            runs = await self.runs(number)
            return runs if runs and fits(runs) else None

        found: list[Json] = await eventually(look, timeout)
        return found

    async def on_shift(self, facility: str) -> list[Json]:
        """Who is on shift now, as the API says."""
        facility_id = (await self.ids("facilities"))[facility]
        found: list[Json] = (await self.demo.get("/on-shift", facility_id=facility_id))["items"]
        return found

    async def crew_and_lead(self, facility: str) -> tuple[set[str], set[str]]:
        """The names of the production crew on shift now, and of who leads it."""
        on_shift = await self.on_shift(facility)
        members = {id: name for name, id in (await self.ids("members")).items()}
        teams = (await self.demo.get("/teams", limit=200))["items"]
        crews = {team["id"] for team in teams if team["name"] in CREWS}
        crew = {members[duty["member_id"]] for duty in on_shift if duty["team_id"] in crews}
        leads = {members[duty["member_id"]] for duty in on_shift if "lead" in duty["roles"]}
        return crew, leads

    @asynccontextmanager
    async def policy(self, **fields: Any) -> AsyncIterator[Json]:
        """A policy of Tampere Works, for as long as a test needs it."""
        facility_id = (await self.ids("facilities"))["Tampere Works"]
        answer = await self.demo.api.post("/escalation-policies", json={"facility_id": facility_id, **fields})
        assert answer.status_code == 201, answer.text
        made: Json = answer.json()
        yield made
        removed = await self.demo.api.delete(f"/escalation-policies/{made['id']}")
        assert removed.status_code == 204, removed.text

    @asynccontextmanager
    async def mailed(self, person: str) -> AsyncIterator[str]:
        """Somebody who gets a mail as well when called, for as long as a test needs it; gives the member's id."""
        door = f"/members/{(await self.ids('members'))[person]}"
        before = (await self.demo.get(door))["contact_prefs"]
        wanted = {**before, "ways": [{"via": "email", "after_minutes": 0.01}]}
        (await self.demo.api.patch(door, json={"contact_prefs": wanted})).raise_for_status()
        yield door.rpartition("/")[2]
        (await self.demo.api.patch(door, json={"contact_prefs": before})).raise_for_status()

    async def mail_to(self, person: str, *words: str) -> Mail:
        """A mail in somebody's mailbox that holds these words."""

        async def look() -> Mail | None:
            mails = await self.demo.person(person).mails()
            return next((it for it in mails if all(word in it.subject + it.text for word in words)), None)

        found: Mail = await eventually(look)
        return found


def call(*member_ids: str, after: float = 0, **more: Any) -> Json:
    """A step of a policy that calls members."""
    return {"notify": {"member_ids": list(member_ids)}, "after_minutes": after, **more}


def outcomes(run: Json) -> dict[tuple[int, int], str]:
    """What became of a run's steps, by round and step."""
    return {(step["round"], step["step"]): step["outcome"] for step in run["steps"]}


@asynccontextmanager
async def doors_of(
    house: RunningHouse, organization: Organization, *people: str
) -> AsyncIterator[list[httpx2.AsyncClient]]:
    """The API as each of these members has it."""
    emails = {it["name"]: it["email"] for it in (await organization.get("/members", limit=200))["items"]}
    orders = [("token", "create", organization.slug, emails[name], "--name", "e2e", "--quiet") for name in people]
    made = await asyncio.gather(*(asyncio.to_thread(house.haveri, *order) for order in orders))
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(house.api(token.stdout.strip())) for token in made]


@asynccontextmanager
async def added(demo: Organization, kind: str, /, **body: Any) -> AsyncIterator[Json]:
    """Something in the directory that goes again at the end, unless it has gone already."""
    answer = await demo.api.post(f"/{kind}", json=body)
    assert answer.status_code == 201, answer.text
    try:
        yield answer.json()
    finally:
        gone = await demo.api.delete(f"/{kind}/{answer.json()['id']}")
        assert gone.status_code in (204, 404) or gone.json()["type"] == "window-is-over", gone.text


def somebody(**more: Any) -> Json:
    """A responder whom nobody knows yet."""
    unique = uuid7()[-8:]
    return {"name": f"New {unique}", "email": f"{unique}@new.example", "role": "responder", **more}


def calendar(email: str, *starts: str, zone: str = "Europe/Helsinki") -> str:
    """A calendar with shifts of eight hours for one person."""
    events = [
        f"BEGIN:VEVENT\r\nUID:{uuid7()}\r\nSUMMARY:Early\r\nDTSTART;TZID={zone}:{start}\r\nDURATION:PT8H\r\n"
        f"ATTENDEE:mailto:{email}\r\nEND:VEVENT\r\n"
        for start in starts
    ]
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//bench//\r\n{''.join(events)}END:VCALENDAR\r\n"
