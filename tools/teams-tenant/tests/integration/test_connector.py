"""Promises of the Bot Connector, and where it is strict."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from tenant_support import ANNA, MIKKO, OLGA, Json, Stage, card, card_activity, execute, text_block

MESSAGE = {"type": "message", "text": "hello"}


async def test_a_bot_opens_a_thread_replies_updates_and_deletes(stage: Stage) -> None:
    headers, channel = await stage.bot_headers(), await stage.incidents()
    body = {
        "isGroup": True,
        "channelData": {"channel": {"id": channel}},
        "activity": card_activity(card(text_block("one"))),
    }
    created = await stage.http.post("/amer/v3/conversations", json=body, headers=headers)
    assert created.status_code == 201
    thread, opener = created.json()["id"], created.json()["activityId"]
    assert thread == f"{channel};messageid={opener}"
    reply = await stage.post(thread, MESSAGE)
    address = f"/amer/v3/conversations/{quote(thread, safe='')}/activities/{opener}"
    updated = await stage.http.put(address, json=card_activity(card(text_block("two"))), headers=headers)
    assert (updated.status_code, updated.json()) == (200, {"id": opener})
    first, second = await stage.tampere.messages(channel)
    assert first.card is not None and "two" in first.card
    assert [version.card.texts() for version in first.versions if version.card] == [["one"]]
    assert (second.id, second.root_id, second.text) == (reply.json()["id"], opener, "hello")
    assert (await stage.http.delete(address, headers=headers)).status_code == 200
    assert (await stage.tampere.message(opener)).deleted_at is not None
    assert (await stage.http.put(address, json=MESSAGE, headers=headers)).status_code == 404


async def test_text_beside_a_card_becomes_two_messages_and_the_id_is_lost(stage: Stage) -> None:
    channel = await stage.incidents()
    answer = await stage.post(channel, {**card_activity(card(text_block("card"))), "text": "words"})
    assert (answer.status_code, answer.json()) == (201, {})
    assert [message.text for message in await stage.tampere.messages(channel)] == ["words", ""]


@pytest.mark.parametrize("spelling", ["flag", "recipient", "channelData"])
async def test_a_targeted_message_is_seen_by_one_person_only(stage: Stage, spelling: str) -> None:
    channel = await stage.incidents()
    person = {"id": await _teams_id(stage, ANNA)}
    activity: Json = {**MESSAGE, "recipient": person}
    if spelling == "recipient":
        activity["recipient"] = {**person, "isTargeted": True}
    if spelling == "channelData":
        activity["channelData"] = {"isTargeted": True}
    answer = await stage.post(channel, activity, **({"isTargetedActivity": "true"} if spelling == "flag" else {}))
    assert answer.status_code == 201
    assert [m.text for m in await stage.tampere.as_user(ANNA).messages("Incidents")] == ["hello"]
    assert await stage.tampere.as_user(MIKKO).messages("Incidents") == []
    graph = await stage.http.get(
        f"/v1.0/teams/{stage.works}/channels/{channel}/messages", headers=await stage.graph_headers()
    )
    assert graph.json()["value"] == []


async def test_a_targeted_message_needs_a_recipient_of_the_conversation(stage: Stage) -> None:
    channel = await stage.incidents()
    nobody = await stage.post(channel, MESSAGE, isTargetedActivity="true")
    assert (nobody.status_code, nobody.json()["error"]["code"]) == (400, "Bad argument")
    outside = {**MESSAGE, "recipient": {"id": await _teams_id(stage, OLGA)}}
    assert (await stage.post(channel, outside, isTargetedActivity="true")).status_code == 400


async def test_a_personal_chat_is_opened_by_29_id_or_directory_id(stage: Stage) -> None:
    headers = await stage.bot_headers()
    ids = []
    for member in (await _teams_id(stage, ANNA), stage.anna.aad_object_id):
        body = {"members": [{"id": member}], "tenantId": stage.tampere.id}
        ids.append((await stage.http.post("/v3/conversations", json=body, headers=headers)).json()["id"])
    assert ids[0] == ids[1] and ids[0].startswith("a:")
    assert (await stage.post(ids[0], MESSAGE)).status_code == 201
    stranger = {"members": [{"id": stage.liisa.aad_object_id}], "tenantId": stage.tampere.id}
    assert (await stage.http.post("/v3/conversations", json=stranger, headers=headers)).status_code == 400


@pytest.mark.parametrize(
    ("activity", "status", "code"),
    [
        ({"type": "message", "text": "x" * 90_000}, 413, "MessageSizeTooBig"),
        ({"type": "message"}, 400, "BadSyntax"),
        ({"type": "event", "text": "x"}, 400, "BadSyntax"),
        (card_activity(card({"type": "TextBlok", "text": "x"})), 400, "BadSyntax"),
        (card_activity(card({"type": "TextBlock", "text": "x", "color": "pink"})), 400, "BadSyntax"),
        (card_activity(card({"type": "Input.Text"})), 400, "BadSyntax"),
        (
            card_activity(card(text_block("x"), refresh={"action": execute("r", "r"), "userIds": list("123456")})),
            400,
            "BadSyntax",
        ),
    ],
)
async def test_what_teams_would_not_show_is_refused(stage: Stage, activity: Json, status: int, code: str) -> None:
    answer = await stage.post(await stage.incidents(), activity)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


async def test_bodies_that_are_no_objects_are_refused(stage: Stage) -> None:
    path = f"/v3/conversations/{quote(await stage.incidents(), safe='')}/activities"
    for content in (b"{", b"[]", b""):
        answer = await stage.http.post(path, content=content, headers=await stage.bot_headers())
        assert answer.status_code == 400


async def test_a_bad_token_opens_nothing(stage: Stage) -> None:
    path = f"/v3/conversations/{quote(await stage.incidents(), safe='')}/activities"
    good, graph = (await stage.bot_headers())["Authorization"], (await stage.graph_headers())["Authorization"]
    for header in ("", "Bearer", "Bearer x.y.z", good[:-6] + "AAAAAA", graph, good.replace("Bearer", "Basic")):
        answer = await stage.http.post(path, json=MESSAGE, headers={"Authorization": header})
        assert (answer.status_code, answer.json()["message"]) == (
            401,
            "Authorization has been denied for this request.",
        )


async def test_a_bot_that_writes_too_fast_is_told_when_to_come_back(stage: Stage) -> None:
    channel, headers = await stage.incidents(), await stage.bot_headers()
    path = f"/amer/v3/conversations/{quote(channel, safe='')}/activities"
    answers = [await stage.http.post(path, json=MESSAGE, headers=headers) for _ in range(8)]
    assert [answer.status_code for answer in answers] == [201] * 7 + [429]
    assert answers[-1].headers["Retry-After"] == "1"
    assert answers[-1].json()["error"]["code"] == "Throttled"
    assert len(await stage.tampere.messages(channel)) == 7


async def test_the_limits_can_be_set_lifted_and_restored_for_tests_of_pacing(stage: Stage) -> None:
    channel, headers = await stage.incidents(), await stage.bot_headers()
    path = f"/amer/v3/conversations/{quote(channel, safe='')}/activities"
    try:
        await stage.client.limits(per_thread=[(2, 60.0)])
        few = [(await stage.http.post(path, json=MESSAGE, headers=headers)).status_code for _ in range(3)]
        await stage.client.lift_limits()
        many = [(await stage.http.post(path, json=MESSAGE, headers=headers)).status_code for _ in range(60)]
    finally:
        await stage.client.restore_limits()
    assert few == [201, 201, 429]
    assert set(many) == {201}
    again = [(await stage.http.post(path, json=MESSAGE, headers=headers)).status_code for _ in range(8)]
    assert 429 in again


async def test_a_removed_app_is_outside(stage: Stage) -> None:
    channel, graph = await stage.incidents(), await stage.graph_headers()
    await stage.tampere.remove_app(stage.bot.app_id)
    answer = await stage.post(channel, MESSAGE)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "BotNotInConversationRoster")
    assert (await stage.http.get(f"/v1.0/teams/{stage.works}/channels", headers=graph)).status_code == 403
    assert await stage.bot.told(lambda a: a["type"] == "installationUpdate" and a["action"] == "remove")
    await stage.tampere.install(stage.installation())
    assert (await stage.post(channel, MESSAGE)).status_code == 201


async def test_members_and_teams_are_described_as_the_connector_does(stage: Stage) -> None:
    headers, channel = await stage.bot_headers(), quote(await stage.incidents(), safe="")
    paged = (await stage.http.get(f"/v3/conversations/{channel}/pagedmembers", headers=headers)).json()
    assert {member["name"] for member in paged["members"]} == {ANNA, MIKKO}
    anna = await _teams_id(stage, ANNA)
    member = (await stage.http.get(f"/v3/conversations/{channel}/members/{quote(anna)}", headers=headers)).json()
    assert (member["aadObjectId"], member["email"]) == (stage.anna.aad_object_id, "anna@tampere.example")
    olga = await _teams_id(stage, OLGA)
    assert (
        await stage.http.get(f"/v3/conversations/{channel}/members/{quote(olga)}", headers=headers)
    ).status_code == 404
    team = next(team for team in await stage.tampere.teams() if team.group_id == stage.works)
    details = (await stage.http.get(f"/v3/teams/{quote(team.thread_id)}", headers=headers)).json()
    assert details["aadGroupId"] == stage.works
    channels = (await stage.http.get(f"/v3/teams/{quote(team.thread_id)}/conversations", headers=headers)).json()
    assert [channel.get("name") for channel in channels["conversations"]] == [None, "Incidents"]
    assert (await stage.http.get(f"/v3/teams/{stage.works}", headers=headers)).status_code == 400


async def _teams_id(stage: Stage, name: str) -> str:
    people = await stage.tampere.seed("Tampere Plant", [])
    return next(person.teams_id for person in people if person.name == name)
