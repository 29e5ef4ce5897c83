"""Every command of the chat, as a slash command, after a mention and in plain words; answers are for one person."""

from __future__ import annotations

import pytest
from e2e_plants import Declared, Organization, the_app

from haveri_teams_tenant.client import TeamSeed, TenantClient, UserSeed
from haveri_tool.testing import RunningHouse

pytestmark = pytest.mark.e2e

MIKKO, HENNA, AINO = "Mikko Virtanen", "Henna Koskinen", "Aino Lehtonen"


@pytest.fixture(scope="module")
async def lived(demo: Organization) -> Declared:
    """An incident for the commands that leave it open."""
    return await demo.declare(MIKKO, "Seamer 1 drops cans sev2 in Line 2 on Seamer 1")


async def test_declaring_takes_severity_area_and_asset_from_the_text(demo: Organization, lived: Declared) -> None:
    incident = await demo.get(f"/incidents/{lived.number}")
    areas = {area["id"]: area["name"] for area in (await demo.get("/areas"))["items"]}
    assets = {asset["id"]: asset["name"] for asset in (await demo.get("/assets"))["items"]}
    assert incident["severity"] == "SEV2"
    assert areas[incident["area_id"]] == "Line 2"
    assert [assets[asset] for asset in incident["asset_ids"]] == ["Seamer 1"]


async def test_declaring_with_nothing_said_gives_the_form_to_that_person_alone(demo: Organization) -> None:
    general = await demo.tenant.channel("General")
    assert general is not None
    for text in ("/incident", "@Haveri incident", "@Haveri /incident"):
        answer = await demo.answer_to(HENNA, general, text)
        assert answer.card is not None
        assert answer.card.inputs() or answer.card.texts()


@pytest.mark.parametrize(
    ("how", "plain"), [("/{}", False), ("/{}", True), ("@Haveri {}", False), ("@Haveri /{}", False)]
)
async def test_commands_work_as_slash_commands_as_plain_text_and_after_a_mention(
    demo: Organization, lived: Declared, how: str, plain: bool
) -> None:
    mikko = demo.person(MIKKO)

    async def say(command: str) -> None:
        await mikko.say(lived.channel, how.format(command), plain=plain)

    before = await demo.get(f"/incidents/{lived.number}")
    status = "MITIGATED" if before["status"] != "MITIGATED" else "INVESTIGATING"
    severity = "SEV1" if before["severity"] != "SEV1" else "SEV3"
    await say(f"status {status.lower()}")
    await say(f"sev {severity[-1]}")
    await demo.wait_for_state(lived.number, status=status, severity=severity)
    members = {member["name"]: member["id"] for member in (await demo.get("/members"))["items"]}
    leader = HENNA if before["assigned_to"] != members[HENNA] else AINO
    await say(f"lead @{leader}")
    await say(f"comms @{leader}")
    await demo.wait_for_state(lived.number, assigned_to=members[leader], comms_lead=members[leader])
    said = f"{'in plain text' if plain else 'as a command'} after {len(how)} signs"
    await say(f"did tightened the belt {said}")
    await say(f"note ordered another {said}")
    await say(f"escalate @{HENNA}")
    for kind, text in (("action_taken", f"tightened the belt {said}"), ("annotation", f"ordered another {said}")):
        await demo.wait_for_entry(
            lived.number, lambda e, kind=kind, text=text: e["type"] == kind and e["payload"]["text"] == text
        )
    await demo.wait_for_entry(lived.number, lambda e: e["type"] == "escalation")


@pytest.mark.parametrize("how", ["/{}", "@Haveri {}"])
async def test_acknowledging_resolving_closing_and_reopening(demo: Organization, how: str) -> None:
    declared = await demo.declare(MIKKO, f"Mixer 1 leaks sev3 {how.format('again').replace('@', '')}")
    mikko, channel, number = demo.person(MIKKO), declared.channel, declared.number
    await mikko.say(channel, how.format("ack"))
    await demo.wait_for_entry(number, lambda e: e["type"] == "acknowledgement")
    for command in ("resolve", "close"):
        answer = await demo.answer_to(MIKKO, channel, how.format(command))
        assert answer.card is not None, f"{command} shows its form"
        values = {"what_happened": "A seal was worn"} if command == "resolve" else {}
        await demo.fill_in(MIKKO, declared.card, command, **values)
        await demo.wait_for_state(number, status={"resolve": "RESOLVED", "close": "CLOSED"}[command])
    # A closed incident's channel is archived: whoever takes it up again says which one, anywhere else.
    general = await demo.tenant.channel("General")
    assert general is not None
    await mikko.say(general, how.format(f"reopen {number} it drips again"))
    await demo.wait_for_state(number, status="INVESTIGATING")
    entry = await demo.wait_for_entry(number, lambda e: e["type"] == "reopened")
    assert entry["payload"]["reason"] == "it drips again"


@pytest.mark.parametrize("command", ["oncall", "incidents", "timeline", "help"])
async def test_questions_are_answered_to_the_asker_alone(demo: Organization, lived: Declared, command: str) -> None:
    for text in (f"/{command}", f"@Haveri {command}"):
        answer = await demo.answer_to(MIKKO, lived.channel, text)
        assert answer.text or answer.card


async def test_answers_come_in_the_members_language(demo: Organization, lived: Declared) -> None:
    said = {who: await _said(demo, who, lived, "@Haveri stauts mitigated") for who in (MIKKO, AINO)}
    assert said[MIKKO] != said[AINO]
    for answer in said.values():
        assert "stauts" in answer, "it says what was understood"
        assert "/status" in answer, "and shows the nearest right form"


async def _said(demo: Organization, who: str, declared: Declared, text: str) -> str:
    answer = await demo.answer_to(who, declared.channel, text)
    return "\n".join([answer.text, *(answer.card.texts() if answer.card else [])])


async def test_an_incident_outside_every_mapped_tenant_is_refused(
    demo: Organization, house: RunningHouse, tenants: TenantClient
) -> None:
    stranger = tenants.tenant("3f7c1f0e-6a3c-4f43-9d3e-0b8d5f1f2a11")
    await stranger.seed(
        "Nobody's Works",
        [UserSeed("9a1c4e52-3b8f-4c0e-9a77-5f2d6a0c1b01", "A Stranger", "stranger@nobody.example", "en")],
        [TeamSeed("0d0f5a3c-7f5c-4f0c-8f49-1a2b3c4d5e6f", "Works", (("General", "19:nobody@thread.tacv2"),), None)],
    )
    await stranger.install(the_app(house))
    before = (await demo.get("/incidents", limit=1))["items"]
    place = (await stranger.channels())[0]
    for text in ("/incident Everything stands sev1", "@Haveri incident Everything stands sev1"):
        await stranger.as_user("A Stranger").say(place, text)
    await stranger.wait_until_delivered()
    said = [it for it in await stranger.deliveries() if "Everything stands" in it.activity.get("text", "")]
    assert [it.status for it in said[-2:]] == [403, 403]
    assert [channel.name for channel in await stranger.channels()] == [place.name]
    assert not any(message.by_bot for message in await stranger.messages(place))
    assert (await demo.get("/incidents", limit=1))["items"] == before
