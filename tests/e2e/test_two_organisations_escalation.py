"""Policies, shifts, runs and answer links of one organisation are not there for another, nor for lesser roles."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from e2e_calls import Calls, added, calendar, call, doors_of
from e2e_plants import Organization
from e2e_promises import Json, assert_refused, uuid7

from haveri_directory.demo import BOREALIS, DEMO
from haveri_tool.testing import RunningHouse

pytestmark = pytest.mark.e2e

CAST = {DEMO: ("Tampere Works", "Maria Lindqvist"), BOREALIS: ("Oulu Bakery", "Grace Mwangi")}
SECRETS = {DEMO: "Quince lemonade", BOREALIS: "Rye rusks"}
VIEWER, RESPONDER, MANAGER = "Pekka Ahonen", "Daniel Okafor", "Mikko Virtanen"
SHIFT = {"starts_at": "2031-03-01T06:00:00Z", "ends_at": "2031-03-01T14:00:00Z"}
SLOT = {"name": "Round", "from": "06:00", "to": "06:00"}
CALENDAR = {"Content-Type": "text/calendar"}


@dataclass
class Owned:
    """What an organisation has that the other must not see."""

    organization: Organization
    facility: str
    team: str
    area: str
    member: str
    policy: Json
    window: Json
    rotation: Json
    change: Json
    incident: Json
    link: str

    def traces(self) -> set[str]:
        """Words and ids that must not appear in an answer to anybody else."""
        things = (self.policy, self.window, self.rotation, self.change, self.incident)
        return {SECRETS[self.organization.slug], *(thing["id"] for thing in things)}


@asynccontextmanager
async def owned(house: RunningHouse, organization: Organization) -> AsyncIterator[Owned]:
    """One of everything in a place of its own, and an incident for which somebody is called."""
    calls, secret = Calls.of(house, organization), SECRETS[organization.slug]
    facility_name, who = CAST[organization.slug]
    facility = (await calls.ids("facilities"))[facility_name]
    async with AsyncExitStack() as stack:
        member = await stack.enter_async_context(calls.mailed(who))

        async def add(kind: str, /, **body: Any) -> Json:
            return await stack.enter_async_context(added(organization, kind, **body))

        area = await add("areas", name=f"{secret} {uuid7()[-6:]}", facility_id=facility)
        other = await add("areas", name=f"Closed {uuid7()[-6:]}", facility_id=facility)
        team = await add("teams", name=f"{secret} crew {uuid7()[-6:]}", facility_id=facility, member_ids=[member])
        stack.push_async_callback(organization.api.patch, f"/teams/{team['id']}", json={"member_ids": []})
        rotation = await add(
            "rotations", name=f"{secret} round {uuid7()[-6:]}", facility_id=facility, first_day="2032-01-05",
            slots=[SLOT], pattern=["Round", None], crews=[{"team_id": team["id"]}],
        )  # fmt: skip
        change = await add(
            "shift-changes", team_id=team["id"], kind="assignment", member_id=member, note=secret, **SHIFT
        )
        window = await add(
            "maintenance-windows", facility_id=facility, area_ids=[other["id"]], reason=secret,
            ends_at=tomorrow(),
        )  # fmt: skip
        policy = await add(
            "escalation-policies", name=secret, facility_id=facility, steps=[call(member)],
            conditions={"severity": ["SEV3"], "area_ids": [area["id"]]},
        )  # fmt: skip
        body = {"title": secret, "severity": "SEV3", "facility_id": facility, "area_id": area["id"]}
        incident = (await organization.api.post("/incidents", json=body)).raise_for_status().json()
        mail = await calls.mail_to(who, secret, incident["number"])
        found = re.search(r"/answer/[\w.\-]+", mail.text)
        assert found
        yield Owned(
            organization, facility, team["id"], area["id"], member, policy, window, rotation, change, incident, found[0]
        )  # fmt: skip


def tomorrow() -> str:
    """A day after now."""
    return (datetime.now(UTC) + timedelta(days=1)).isoformat()


@pytest.fixture(scope="module")
async def both(house: RunningHouse, demo: Organization, borealis: Organization) -> AsyncIterator[tuple[Owned, Owned]]:
    """What each of the two has."""
    async with owned(house, demo) as one, owned(house, borealis) as two:
        yield one, two


def strangers(both: tuple[Owned, Owned]) -> list[tuple[Owned, Owned]]:
    """Each with the other."""
    one, two = both
    return [(one, two), (two, one)]


def assert_tells_nothing(answer: httpx2.Response, theirs: Owned) -> None:
    """404, or 422 at the field that names what there is not; no word of the other's."""
    where = f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
    assert answer.status_code in (404, 422), where
    assert re.search("-unknown$|-elsewhere$|^invalid-data$", answer.json()["type"]), where
    assert SECRETS[theirs.organization.slug] not in answer.text, where


async def test_no_list_shows_anything_of_the_other(both: tuple[Owned, Owned]) -> None:
    lists = (
        *("/escalation-policies", "/maintenance-windows", "/escalation-settings", "/escalations/running"),
        *("/rotations", "/shift-changes", "/holidays"),
    )
    for ours, theirs in strangers(both):
        for door in lists:
            answer = await ours.organization.api.get(door)
            assert answer.status_code == 200, door
            for trace in (*theirs.traces(), theirs.facility, theirs.member):
                assert trace not in answer.text, f"{door} shows {trace}"
        found = await ours.organization.get("/escalations/running", limit=200)
        assert ours.incident["id"] in str(found)


async def test_what_belongs_to_the_other_cannot_be_read_changed_or_ended(both: tuple[Owned, Owned]) -> None:
    for ours, theirs in strangers(both):
        api = ours.organization.api
        things = {
            "escalation-policies": theirs.policy,
            "maintenance-windows": theirs.window,
            "rotations": theirs.rotation,
            "shift-changes": theirs.change,
        }
        for kind, thing in things.items():
            door = f"/{kind}/{thing['id']}"
            assert_tells_nothing(await api.get(door), theirs)
            for body in ({"name": "ours"}, {"reason": "ours"}, {"note": "ours"}):
                if body.keys() & thing.keys():
                    assert_tells_nothing(await api.patch(door, json=body), theirs)
            assert_tells_nothing(await api.delete(door), theirs)
        for door in (
            f"/escalation-policies/{theirs.policy['id']}/versions",
            f"/incidents/{theirs.incident['id']}/escalations",
            f"/schedule?facility_id={theirs.facility}",
            f"/schedule.ics?facility_id={theirs.facility}",
            f"/schedule?facility_id={ours.facility}&team_id={theirs.team}",
            f"/on-shift?facility_id={theirs.facility}",
        ):
            assert_tells_nothing(await api.get(door), theirs)
        assert_tells_nothing(await api.post(f"/shift-changes/{theirs.change['id']}/accept"), theirs)
        assert_tells_nothing(await api.put(f"/escalation-settings/{theirs.facility}", json={}), theirs)
        assert_tells_nothing(await api.put(f"/holidays/{theirs.facility}", json={"holidays": []}), theirs)
        assert_tells_nothing(
            await api.post(f"/shifts/import?team_id={theirs.team}", content=b"BEGIN:VCALENDAR", headers=CALENDAR),
            theirs,
        )
        assert await theirs.organization.get(f"/escalation-policies/{theirs.policy['id']}") == theirs.policy
        assert await theirs.organization.get(f"/maintenance-windows/{theirs.window['id']}") == theirs.window
        assert await theirs.organization.get(f"/rotations/{theirs.rotation['id']}") == theirs.rotation


async def test_what_one_makes_cannot_name_anything_of_the_other(both: tuple[Owned, Owned]) -> None:
    for ours, theirs in strangers(both):
        api = ours.organization.api
        policy = {"name": "Mixed", "facility_id": ours.facility, "conditions": {"severity": ["SEV3"]}}
        steps, stranger = [call(ours.member)], {"notify": call(theirs.member)["notify"]}
        window = {"facility_id": ours.facility, "ends_at": ours.window["ends_at"]}
        change = {"team_id": ours.team, "kind": "assignment", **SHIFT}
        mixed: list[tuple[str, Json]] = [
            ("/escalation-policies", {**policy, "steps": [call(theirs.member)]}),
            ("/escalation-policies", {**policy, "steps": [{"notify": {"team_ids": [theirs.team]}}]}),
            ("/escalation-policies", {**policy, "facility_id": theirs.facility, "steps": steps}),
            ("/escalation-policies", {**policy, "steps": steps, "last_resort": stranger}),
            (
                "/escalation-policies",
                {**policy, "steps": steps, "conditions": {"severity": ["SEV3"], "area_ids": [theirs.area]}},
            ),
            ("/escalation-policies/simulate", {"severity": "SEV3", "facility_id": theirs.facility}),
            ("/maintenance-windows", {**window, "area_ids": [theirs.area]}),
            ("/maintenance-windows", {**window, "facility_id": theirs.facility, "area_ids": [ours.area]}),
            ("/shift-changes", {**change, "member_id": theirs.member}),
            ("/shift-changes", {**change, "team_id": theirs.team, "member_id": ours.member}),
            (f"/incidents/{ours.incident['id']}/escalate", {"member_ids": [theirs.member]}),
            (f"/incidents/{ours.incident['id']}/escalate", {"team_ids": [theirs.team]}),
            (f"/incidents/{ours.incident['id']}/escalate", {"policy_id": theirs.policy["id"]}),
        ]  # fmt: skip
        for door, body in mixed:
            assert_tells_nothing(await api.post(door, json=body), theirs)
        settings = {"last_resort": stranger["notify"]}
        assert_tells_nothing(await api.put(f"/escalation-settings/{ours.facility}", json=settings), theirs)
        crews = {"crews": [{"team_id": theirs.team}]}
        assert_tells_nothing(await api.patch(f"/rotations/{ours.rotation['id']}", json=crews), theirs)


async def test_an_answer_link_opens_its_own_call_and_no_other(both: tuple[Owned, Owned], house: RunningHouse) -> None:
    async with httpx2.AsyncClient(base_url=house.endpoints["web"], trust_env=False) as anybody:
        for ours, theirs in strangers(both):
            page = await anybody.get(ours.link)
            assert page.status_code == 200
            assert SECRETS[ours.organization.slug] in page.text
            _, _, signed = ours.link.removeprefix("/answer/").partition(".")
            head, payload, signature = signed.split(".")
            _, _, other = theirs.link.removeprefix("/answer/").partition(".")
            for forged in (
                f"{theirs.organization.slug}.{signed}",
                f"{ours.organization.slug}.{other}",
                f"{ours.organization.slug}.{head}.{other.split('.')[1]}.{signature}",
                f"{ours.organization.slug}.{head}.{payload}.",
                f"nobody.{signed}",
            ):
                for answer in (await anybody.get(f"/answer/{forged}"), await anybody.post(f"/answer/{forged}")):
                    assert answer.status_code in (403, 404), answer.text
                    assert not any(secret in answer.text for secret in SECRETS.values())
        for ours in both:
            state = await ours.organization.get(f"/incidents/{ours.incident['id']}")
            assert state["acknowledged_at"] is None


async def test_who_may_change_what_is_said_by_the_role(both: tuple[Owned, Owned], house: RunningHouse) -> None:
    ours, _ = both
    organization = ours.organization
    settings = {item["facility_id"]: item for item in (await organization.get("/escalation-settings"))["items"]}
    holidays = {item["facility_id"]: item for item in (await organization.get("/holidays"))["items"]}
    present = {name: settings.get(ours.facility, {}).get(name) for name in ("quiet_hours", "last_resort")}
    free = {"holidays": holidays.get(ours.facility, {}).get("holidays", [])}
    window, rotation = f"/maintenance-windows/{ours.window['id']}", f"/rotations/{ours.rotation['id']}"
    policy, change = f"/escalation-policies/{ours.policy['id']}", f"/shift-changes/{ours.change['id']}"
    people = (await organization.get("/members", limit=200))["items"]
    email = next(person["email"] for person in people if person["id"] == ours.member)
    ics = {"content": calendar(email, "20310705T060000").encode(), "headers": CALENDAR}
    managers: list[tuple[str, str, Any]] = [
        ("PATCH", policy, {"json": {"priority": 3}}),
        ("PUT", f"/escalation-settings/{ours.facility}", {"json": present}),
        ("PUT", f"/holidays/{ours.facility}", {"json": free}),
        ("PATCH", window, {"json": {"reason": "still"}}),
        ("PATCH", rotation, {"json": {"name": f"Turned {uuid7()[-6:]}"}}),
        ("PATCH", change, {"json": {"note": "still"}}),
        ("POST", f"/shifts/import?team_id={ours.team}", ics),
        ("POST", "/escalation-policies", {"json": {**without_id(ours.policy), "name": "One more"}}),
        ("POST", "/maintenance-windows", {"json": {**without_id(ours.window), "reason": "one more"}}),
        ("DELETE", change, {}),
        ("DELETE", window, {}),
        ("DELETE", rotation, {}),
        ("DELETE", policy, {}),
    ]
    escalate = ("POST", f"/incidents/{ours.incident['id']}/escalate", {"json": {"member_ids": [ours.member]}})
    async with doors_of(house, organization, VIEWER, RESPONDER, MANAGER) as (viewer, responder, manager):
        for method, path, more in [*managers, escalate]:
            assert_refused(await viewer.request(method, path, **more), 403, "role-not-sufficient")
        for method, path, more in managers:
            assert_refused(await responder.request(method, path, **more), 403, "role-not-sufficient")
        assert (await responder.request(escalate[0], escalate[1], **escalate[2])).status_code == 200
        made = []
        for method, path, more in managers:
            answer = await manager.request(method, path, **more)
            assert answer.status_code in (200, 201, 204), f"{method} {path}: {answer.text}"
            made += [f"{path}/{answer.json()['id']}"] if answer.status_code == 201 else []
        imported = (await organization.get("/shift-changes", team_id=ours.team))["items"]
        made += [f"/shift-changes/{item['id']}" for item in imported]
        gone = await asyncio.gather(*(manager.delete(path) for path in made))
        assert {answer.status_code for answer in gone} == {204}
        for api in (viewer, responder, manager):
            for door in ("/escalation-policies", "/escalations/running", "/rotations", "/shift-changes", "/holidays"):
                assert (await api.get(door)).status_code == 200


def without_id(thing: Json) -> Json:
    """A thing to make anew."""
    return {name: value for name, value in thing.items() if name not in ("id", "created_by")}
