"""Two organisations live an incident each at the same moment, and neither sees anything of the other on any door."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx2
import nats
import pytest
from e2e_plants import Declared, Organization, eventually, incident_channels, number_of, the_app
from e2e_promises import Json, cloud_event
from nats.aio.client import Client

from haveri_directory.demo import BOREALIS, DEMO
from haveri_teams_tenant.client import Attachment, TeamSeed, TenantRefused, UserSeed
from haveri_tool.testing import RunningHouse

pytestmark = pytest.mark.e2e

CAST = {DEMO: ("Mikko Virtanen", "Henna Koskinen"), BOREALIS: ("Grace Mwangi", "Ville Saarinen")}
SECRETS = {DEMO: "syrup recipe 7", BOREALIS: "sourdough starter 4"}
STRANGER = "Stan Ranger"


@dataclass
class Lived:
    """What one organisation has after its incident: everything that the other must not see."""

    organization: Organization
    declared: Declared
    incident: Json
    timeline: list[Json]
    token_id: str
    file_path: str
    watched: set[str] = field(default_factory=set)
    on_the_bus: list[str] = field(default_factory=list)

    def traces(self) -> set[str]:
        """Words and ids that must not appear in an answer to anybody else."""
        return {self.incident["id"], SECRETS[self.organization.slug], self.declared.channel.id, self.token_id}


@pytest.fixture(scope="module")
async def nc(house: RunningHouse) -> AsyncIterator[Client]:
    client = await nats.connect(house.endpoints["nats"])
    yield client
    await client.close()


@pytest.fixture(scope="module")
async def both(house: RunningHouse, nc: Client, demo: Organization, borealis: Organization) -> tuple[Lived, Lived]:
    """Both organisations' incidents, lived at once while their dashboards and the bus were being watched."""
    async with watching(house, demo) as seen_by_demo, watching(house, borealis) as seen_by_borealis:
        subjects: dict[str, list[str]] = {DEMO: [], BOREALIS: []}
        for slug, heard in subjects.items():
            await hear_everything(nc, slug, heard)
        one, two = await asyncio.gather(live(demo), live(borealis))
        for lived, seen in ((one, seen_by_demo), (two, seen_by_borealis)):
            await eventually(lambda lived=lived, seen=seen: became(lived.incident["id"] in seen))
            lived.watched = seen
            lived.on_the_bus = [*subjects[lived.organization.slug]]
        return one, two


async def became(value: bool) -> bool:
    return value


async def live(organization: Organization) -> Lived:
    """Declare, talk, share a photo, resolve, close."""
    who, other = CAST[organization.slug]
    secret = SECRETS[organization.slug]
    declared = await organization.declare(who, f"Line stands, {secret} sev1")
    number, channel = declared.number, declared.channel
    said = await organization.person(other).say(channel, f"It is {secret}")
    await organization.person(other).edit(said, f"It was {secret}")
    photo = Attachment("photo.png", b"\x89PNG\r\n\x1a\n" + secret.encode(), "image/png", inline=True)
    await organization.person(who).say(channel, "see", files=(photo,))
    await organization.person(other).command(channel, "/status investigating")
    shared = await organization.wait_for_entry(number, lambda entry: entry["type"] == "attachment")
    await organization.wait_for_state(number, status="INVESTIGATING")
    await organization.fill_in(who, declared.card, "resolve", what_happened=secret)
    await organization.wait_for_state(number, status="RESOLVED")
    await organization.fill_in(who, declared.card, "close", follow_up_1_what=secret)
    incident = await organization.wait_for_state(number, status="CLOSED")
    await organization.wait_for_entry(number, lambda entry: entry["payload"].get("status") == "CLOSED")
    tokens = (await organization.get("/tokens"))["items"]
    return Lived(
        organization,
        declared,
        incident,
        await organization.timeline(number),
        tokens[0]["id"],
        f"/incidents/{incident['id']}/files/{shared['payload']['file_id']}",
    )


@asynccontextmanager
async def watching(house: RunningHouse, organization: Organization) -> AsyncIterator[set[str]]:
    """Be signed in on the dashboard with its live stream open; gives the incidents that it speaks of."""
    seen: set[str] = set()
    async with signed_in(house, organization) as browser:
        opened = asyncio.Event()
        task = asyncio.create_task(_listen(browser, seen, opened))
        await asyncio.wait_for(opened.wait(), 10)
        yield seen
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _listen(browser: httpx2.AsyncClient, seen: set[str], opened: asyncio.Event) -> None:
    async with browser.stream("GET", "/live", timeout=None) as answer:
        answer.raise_for_status()
        async for line in answer.aiter_lines():
            opened.set()
            if line.startswith("data: "):
                seen.update(json.loads(line.removeprefix("data: ")).get("incidents", []))


@asynccontextmanager
async def signed_in(house: RunningHouse, organization: Organization) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser without a screen, signed in as the administrator."""
    email, password = organization.administrator
    async with httpx2.AsyncClient(base_url=house.endpoints["web"], follow_redirects=True) as browser:
        page = (await browser.get("/sign-in")).text
        token = page.partition('name="form_token" value="')[2].partition('"')[0]
        answer = await browser.post("/sign-in", data={"email": email, "password": password, "form_token": token})
        assert 'data-testid="signed-in-as"' in answer.text
        yield browser


async def hear_everything(nc: Client, slug: str, heard: list[str]) -> None:
    """Keep every body that travels on an organisation's subjects."""

    async def hear(message: Any) -> None:
        heard.append(message.data.decode("utf-8", "replace"))

    await nc.subscribe(f"haveri.{slug}.>", cb=hear)


def strangers(both: tuple[Lived, Lived]) -> list[tuple[Organization, Lived]]:
    """Each organisation with what belongs to the other."""
    one, two = both
    return [(one.organization, two), (two.organization, one)]


async def test_numbers_count_from_one_in_each_organisation(both) -> None:
    for lived in both:
        incidents = (await lived.organization.get("/incidents", limit=200))["items"]
        numbers = sorted(int(incident["number"].removeprefix("INC-")) for incident in incidents)
        assert numbers == [*range(1, len(numbers) + 1)]
        shown = incident_channels(await lived.organization.tenant.channels())
        assert lived.declared.number in {number_of(channel) for channel in shown}


async def test_each_incident_was_lived_whole_although_both_happened_at_once(both, house) -> None:
    for lived in both:
        assert lived.incident["summary"]["what_happened"] == SECRETS[lived.organization.slug]
        kinds = {entry["type"] for entry in lived.timeline}
        assert {"declared", "message", "message_edited", "attachment", "status_change"} <= kinds
        assert (await lived.organization.api.get("/me")).json()["organization"] == lived.organization.slug
    for slug in (DEMO, BOREALIS):
        verified = await asyncio.to_thread(house.haveri, "verify", "--org", slug, check=False)
        assert verified.returncode == 0, verified.stdout


async def test_no_list_of_one_shows_anything_of_the_other(both) -> None:
    doors = ("/incidents", "/activity", "/facilities", "/areas", "/assets", "/teams", "/members", "/tokens")
    for organization, theirs in strangers(both):
        for door in (*doors, "/settings/chat", "/me", f"/incidents?q={SECRETS[theirs.organization.slug]}"):
            answer = await organization.api.get(door, params={"limit": 200} if door in doors else None)
            assert answer.status_code == 200, door
            for trace in (*theirs.traces(), theirs.organization.seed.tenant_id, theirs.organization.administrator[0]):
                assert trace not in answer.text, f"{door} shows {trace}"


async def test_what_belongs_to_the_other_does_not_exist_whatever_is_asked_of_it(both) -> None:
    for organization, theirs in strangers(both):
        incident = f"/incidents/{theirs.incident['id']}"
        for door in (
            "",
            "/timeline",
            "/summary",
            "/export?format=json",
            "/export?format=md",
            "?as_of=2030-01-01T00:00:00Z",
        ):
            answer = await organization.api.get(incident + door)
            assert_unknown(answer, theirs)
        for name, body in orders_about(theirs).items():
            assert_unknown(await organization.api.post(f"{incident}/{name}", json=body), theirs)
        answer = await organization.api.put(f"{incident}/summary", json={"what_happened": "ours now"})
        assert_unknown(answer, theirs)
        for kind in ("facilities", "areas", "assets", "teams", "members"):
            thing = (await theirs.organization.get(f"/{kind}"))["items"][0]
            assert_unknown(await organization.api.get(f"/{kind}/{thing['id']}"), theirs)
            assert_unknown(await organization.api.delete(f"/{kind}/{thing['id']}"), theirs)
            assert_unknown(await organization.api.patch(f"/{kind}/{thing['id']}", json={"name": "ours now"}), theirs)
        assert_unknown(await organization.api.get(f"/tokens/{theirs.token_id}"), theirs)
        assert_unknown(await organization.api.delete(f"/tokens/{theirs.token_id}"), theirs)
        facility = (await theirs.organization.get("/facilities"))["items"][0]["id"]
        assert_unknown(await organization.api.get("/on-shift", params={"facility_id": facility}), theirs)
        body = {"title": "Ours in their plant", "severity": "SEV3", "facility_id": facility}
        assert_unknown(await organization.api.post("/incidents", json=body), theirs)
    for lived in both:
        assert await lived.organization.get(f"/incidents/{lived.incident['id']}") == lived.incident
        assert len(await lived.organization.timeline(lived.incident["id"])) == len(lived.timeline)


def orders_about(theirs: Lived) -> dict[str, Json]:
    """Every order that the API takes about an incident."""
    return {
        "acknowledge": {},
        "status": {"status": "MITIGATED"},
        "severity": {"severity": "SEV3"},
        "assign": {"member_id": theirs.incident["assigned_to"]},
        "assign-comms": {"member_id": theirs.incident["assigned_to"]},
        "actions": {"text": "ours"},
        "annotations": {"text": "ours"},
        "escalate": {},
        "resolve": {"summary": {"what_happened": "ours"}},
        "close": {},
        "reopen": {"reason": "ours"},
    }


def assert_unknown(answer: httpx2.Response, theirs: Lived) -> None:
    """404, as for something that never was, with a problem that tells nothing."""
    assert answer.status_code == 404, (
        f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
    )
    assert answer.json()["type"].endswith("-unknown") or answer.json()["type"] == "not-found", answer.text
    assert not any(trace in answer.text for trace in theirs.traces() - {theirs.incident["id"], theirs.token_id})


async def test_pages_and_files_of_the_other_are_not_there(both, house) -> None:
    for organization, theirs in strangers(both):
        async with signed_in(house, organization) as browser:
            for path in (f"/incidents/{theirs.incident['id']}", theirs.file_path):
                answer = await browser.get(path)
                assert answer.status_code == 404
                assert not any(trace in answer.text for trace in theirs.traces() - {theirs.incident["id"]})
            for path in ("/", "/incidents", "/plant", "/settings"):
                page = (await browser.get(path)).text
                assert not any(trace in page for trace in theirs.traces()), path
        async with signed_in(house, theirs.organization) as browser:
            assert SECRETS[theirs.organization.slug].encode() in (await browser.get(theirs.file_path)).content


async def test_live_views_hear_of_their_own_incidents_only(both) -> None:
    one, two = both
    assert one.incident["id"] in one.watched
    assert two.incident["id"] in two.watched
    assert not one.watched & two.watched


async def test_a_token_opens_its_own_organisation_and_no_other(both, house) -> None:
    for organization, theirs in strangers(both):
        async with house.api(theirs.organization.token) as api:
            assert (await api.get("/me")).json()["organization"] == theirs.organization.slug
            assert (await api.get(f"/incidents/{theirs.incident['id']}")).status_code == 200
        # Turning a token into another's by its visible parts must not work.
        half = len(organization.token) // 2
        async with house.api(organization.token[:half] + theirs.organization.token[half:]) as api:
            assert (await api.get("/me")).status_code == 401


async def test_the_bus_keeps_their_subjects_apart(both) -> None:
    for (_, theirs), ours in zip(strangers(both), both, strict=True):
        assert any(SECRETS[ours.organization.slug] in body for body in ours.on_the_bus)
        for body in ours.on_the_bus:
            assert not any(trace in body for trace in theirs.traces())


async def test_an_order_that_names_another_organisation_than_its_subject_is_refused(both, nc) -> None:
    for organization, theirs in strangers(both):
        data = {"incident_id": theirs.incident["id"], "reason": "ours now"}
        actor = f"member:{theirs.incident['assigned_to']}"
        for subject_of, says in (
            (theirs.organization.slug, organization.slug),
            (organization.slug, theirs.organization.slug),
        ):
            outcome = await order(nc, subject_of, "reopen", cloud_event("incident.reopen.v1", data, actor, says))
            assert outcome["problem"]["type"] == "organization-mismatch"
        unchanged = await theirs.organization.get(f"/incidents/{theirs.incident['id']}")
        assert unchanged == theirs.incident


async def test_on_the_bus_ids_of_the_other_mean_nothing(both, nc) -> None:
    for organization, theirs in strangers(both):
        own = (await organization.get("/members"))["items"][0]["id"]
        reopen = {"incident_id": theirs.incident["id"], "reason": "ours now"}
        outcome = await order(
            nc,
            organization.slug,
            "reopen",
            cloud_event("incident.reopen.v1", reopen, f"member:{own}", organization.slug),
        )
        assert outcome["problem"]["type"] == "incident-unknown"
        ours = (await organization.get("/incidents"))["items"][0]["id"]
        note = {"incident_id": ours, "type": "annotation", "text": "by a stranger"}
        stranger = f"member:{theirs.incident['assigned_to']}"
        outcome = await order(
            nc, organization.slug, "add_event", cloud_event("incident.add_event.v1", note, stranger, organization.slug)
        )
        assert outcome["status"] == "rejected"
        for name, data in (
            ("incident.get", {"incident": theirs.incident["id"]}),
            ("incident.list", {}),
            ("timeline.list", {"incident_id": theirs.incident["id"]}),
            ("timeline.recent", {"limit": 200}),
            ("directory.members", {}),
        ):
            question = cloud_event(f"{name}.v1", data, f"member:{own}", organization.slug)
            answer = await nc.request(f"haveri.{organization.slug}.query.{name}.v1", json.dumps(question).encode(), 5)
            assert not any(trace in answer.data.decode() for trace in theirs.traces() - {theirs.incident["id"]})
            mismatch = {**question, "organization": theirs.organization.slug}
            answer = await nc.request(f"haveri.{organization.slug}.query.{name}.v1", json.dumps(mismatch).encode(), 5)
            assert json.loads(answer.data)["problem"]["type"] == "organization-mismatch"


async def test_the_outcome_of_the_others_command_is_not_told(both, nc) -> None:
    for organization, theirs in strangers(both):
        actor = f"member:{theirs.incident['assigned_to']}"
        note = {"incident_id": theirs.incident["id"], "type": "annotation", "text": SECRETS[theirs.organization.slug]}
        command = cloud_event("incident.add_event.v1", note, actor, theirs.organization.slug)
        outcome = await order(nc, theirs.organization.slug, "add_event", command)
        assert outcome["status"] == "accepted"
        assert (await theirs.organization.get(f"/commands/{command['id']}"))["status"] == "accepted"
        answer = await organization.api.get(f"/commands/{command['id']}")
        assert answer.status_code == 404
        assert_unknown(answer, theirs)
        # The same id in another organisation is another command: it is carried out there and not mistaken for a repeat.
        members = (await organization.get("/members"))["items"]
        able = next(member["id"] for member in members if member["role"] != "viewer")
        incident = (await organization.get("/incidents"))["items"][0]["id"]
        again = cloud_event(
            "incident.add_event.v1",
            {"incident_id": incident, "type": "annotation", "text": "ours"},
            f"member:{able}",
            organization.slug,
            id=command["id"],
        )
        ours = await order(nc, organization.slug, "add_event", again)
        assert ours["status"] == "accepted"
        assert ours["result"]["incident"]["id"] == incident


async def order(nc: Client, slug: str, name: str, command: Json) -> Json:
    """Publish an order on an organisation's subject, and wait for its outcome."""
    inbox = nc.new_inbox()
    answers = await nc.subscribe(inbox)
    subject = f"haveri.{slug}.command.incident.{name}.v1"
    await nc.jetstream().publish(subject, json.dumps(command).encode(), headers={"Haveri-Reply-To": inbox})
    found: Json = json.loads((await answers.next_msg(10)).data)
    await answers.unsubscribe()
    return found


async def test_a_member_of_the_other_cannot_be_named_to_lead(both) -> None:
    for organization, theirs in strangers(both):
        who = CAST[organization.slug][0]
        declared = await organization.declare(who, "Label printer empty sev3")
        answer = await organization.api.post(
            f"/incidents/{declared.number}/assign", json={"member_id": theirs.incident["assigned_to"]}
        )
        assert (answer.status_code, answer.json()["type"]) == (404, "member-unknown")
        before = await organization.get(f"/incidents/{declared.number}")
        told = await organization.answer_to(who, declared.channel, f"/lead @{CAST[theirs.organization.slug][0]}")
        assert CAST[theirs.organization.slug][0] in told.text
        after = await organization.get(f"/incidents/{declared.number}")
        assert after["assigned_to"] == before["assigned_to"]


async def test_nobody_can_act_in_the_others_chat(both) -> None:
    for organization, theirs in strangers(both):
        with pytest.raises(TenantRefused):
            await theirs.organization.person(CAST[organization.slug][0]).say("General", "/incident Not mine sev1")
    one, two = both
    answer = await one.organization.api.put(
        "/settings/chat",
        json={**(await one.organization.get("/settings/chat")), "tenant_id": two.organization.seed.tenant_id},
    )
    assert (answer.status_code, answer.json()["type"]) == (409, "tenant-taken")
    assert (await one.organization.get("/settings/chat"))["tenant_id"] == one.organization.seed.tenant_id


async def test_a_chat_tenant_that_belongs_to_nobody_is_refused_and_changes_nothing(both, house, tenants) -> None:
    counts = [len((await lived.organization.get("/incidents", limit=200))["items"]) for lived in both]
    third = tenants.tenant(str(uuid4()))
    await third.seed(
        "Somebody Else", [UserSeed(str(uuid4()), STRANGER, "stan@else.example")], [TeamSeed(str(uuid4()), "Team")]
    )
    await third.install(the_app(house))
    channels = await third.channels()
    for text in ("/incident Not yours sev1", "@Haveri incident Not yours sev1", "@Haveri help"):
        await third.as_user(STRANGER).say("General", text)
    await third.wait_until_delivered()
    refused = [sent.status for sent in await third.deliveries() if sent.activity["type"] == "message"]
    assert refused == [403] * 3
    assert await third.channels() == channels
    after = [len((await lived.organization.get("/incidents", limit=200))["items"]) for lived in both]
    assert after == counts
