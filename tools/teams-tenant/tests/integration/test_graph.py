"""Promises of Microsoft Graph, and where it is strict."""

from __future__ import annotations

import base64
import json

import pytest
from tenant_support import ANNA, LIISA, MIKKO, OLGA, Stage, card, text_block

from haveri_teams_tenant.client import Attachment, TeamSeed, UserSeed


async def test_a_channel_is_created_found_by_name_renamed_archived_and_deleted(stage: Stage) -> None:
    headers, base = await stage.graph_headers(), f"/v1.0/teams/{stage.works}/channels"
    created = await stage.http.post(base, json={"displayName": "inc-1 jam"}, headers=headers)
    assert created.status_code == 201
    channel = created.json()["id"]
    assert await stage.bot.told(lambda a: a.get("channelData", {}).get("eventType") == "channelCreated")
    found = await stage.http.get(base, params={"$filter": "displayName eq 'inc-1 jam'"}, headers=headers)
    assert [item["id"] for item in found.json()["value"]] == [channel]
    assert (
        await stage.http.patch(f"{base}/{channel}", json={"displayName": "inc-1b"}, headers=headers)
    ).status_code == 204
    assert (await stage.http.post(f"{base}/{channel}/archive", json={}, headers=headers)).status_code == 202
    assert (await stage.http.get(f"{base}/{channel}", headers=headers)).json()["isArchived"] is True
    assert (await stage.post(channel, {"type": "message", "text": "x"})).json()["error"][
        "code"
    ] == "MessageWritesBlocked"
    assert (await stage.http.delete(f"{base}/{channel}", headers=headers)).status_code == 204
    assert (await stage.http.get(f"{base}/{channel}", headers=headers)).status_code == 404
    again = await stage.http.post(base, json={"displayName": "INC-1B"}, headers=headers)
    assert (again.status_code, again.json()["error"]["message"]) == (
        400,
        "Channel name already existed, please use other name",
    )


@pytest.mark.parametrize("name", ["", "   ", "x" * 51, "a/b", "a:b", "a#b", "a'b", 'a"b', "_a", ".a", "a.", "a\nb"])
async def test_a_name_that_teams_forbids_is_refused(stage: Stage, name: str) -> None:
    answer = await stage.http.post(
        f"/v1.0/teams/{stage.works}/channels", json={"displayName": name}, headers=await stage.graph_headers()
    )
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (400, "BadRequest")
    assert set(error["innerError"]) == {"date", "request-id", "client-request-id"}


async def test_team_id_where_a_guid_is_needed_is_refused(stage: Stage) -> None:
    team = (await stage.tampere.teams())[0]
    answer = await stage.http.get(f"/v1.0/teams/{team.thread_id}/channels", headers=await stage.graph_headers())
    assert (answer.status_code, answer.json()["error"]["message"]) == (400, "teamId needs to be a valid GUID.")


async def test_a_token_opens_its_own_tenant_only(stage: Stage) -> None:
    oulu = await stage.graph_headers(stage.oulu)
    assert (await stage.http.get(f"/v1.0/teams/{stage.works}/channels", headers=oulu)).status_code == 404
    assert (await stage.http.get(f"/v1.0/users/{stage.anna.aad_object_id}", headers=oulu)).status_code == 404
    for headers in ({}, await stage.bot_headers()):
        answer = await stage.http.get(f"/v1.0/teams/{stage.works}/channels", headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "InvalidAuthenticationToken")


async def test_the_cap_on_channels_counts_deleted_ones(stage: Stage) -> None:
    await stage.tampere.seed(
        "Tampere Plant", [], [TeamSeed(stage.works, "Tampere Works", members=(ANNA,), channel_cap=3)]
    )
    headers, base = await stage.graph_headers(), f"/v1.0/teams/{stage.works}/channels"
    third = await stage.http.post(base, json={"displayName": "third"}, headers=headers)
    await stage.http.delete(f"{base}/{third.json()['id']}", headers=headers)
    fourth = await stage.http.post(base, json={"displayName": "fourth"}, headers=headers)
    assert fourth.status_code == 400
    assert "maximum number of channels" in fourth.json()["error"]["message"]


async def test_messages_come_newest_first_with_cards_as_text_and_the_app_as_author(stage: Stage) -> None:
    channel, headers = await stage.incidents(), await stage.graph_headers()
    opener = await stage.post_card(channel, card(text_block("line down")))
    await stage.tampere.as_user(ANNA).say("Incidents", f"@{MIKKO} <look>")
    await stage.post(f"{channel};messageid={opener}", {"type": "message", "text": "reply"})
    base = f"/v1.0/teams/{stage.works}/channels/{channel}/messages"
    newest, oldest = (await stage.http.get(base, headers=headers)).json()["value"]
    assert newest["from"]["user"]["id"] == stage.anna.aad_object_id
    assert newest["body"]["content"] == f'<div><at id="0">{MIKKO}</at> &lt;look&gt;</div>'
    assert newest["mentions"][0]["mentioned"]["user"]["id"] == stage.mikko.aad_object_id
    assert oldest["from"]["application"]["id"] == stage.bot.app_id
    assert json.loads(oldest["attachments"][0]["content"])["body"][0]["text"] == "line down"
    page = (await stage.http.get(base, params={"$top": "1"}, headers=headers)).json()
    rest = (await stage.http.get(page["@odata.nextLink"], headers=headers)).json()
    assert [page["value"][0]["id"], rest["value"][0]["id"]] == [newest["id"], oldest["id"]]
    replies = (await stage.http.get(f"{base}/{opener}/replies", headers=headers)).json()["value"]
    one = await stage.http.get(f"{base}/{opener}/replies/{replies[0]['id']}", headers=headers)
    assert one.json()["body"]["content"] == "reply"
    assert (await stage.http.get(f"{base}/1", headers=headers)).status_code == 404


async def test_people_are_added_to_the_team_never_to_a_standard_channel(stage: Stage) -> None:
    headers, channel = await stage.graph_headers(), await stage.incidents()
    olga = {
        "@odata.type": "#microsoft.graph.aadUserConversationMember",
        "roles": [],
        "user@odata.bind": f"https://graph.microsoft.com/v1.0/users('{stage.olga.aad_object_id}')",
    }
    refused = await stage.http.post(f"/v1.0/teams/{stage.works}/channels/{channel}/members", json=olga, headers=headers)
    assert refused.status_code == 400
    base = f"/v1.0/teams/{stage.works}/members"
    added = await stage.http.post(base, json=olga, headers=headers)
    assert added.status_code == 201
    members = (await stage.http.get(base, headers=headers)).json()["value"]
    assert {member["displayName"] for member in members} == {ANNA, MIKKO, OLGA}
    activity = await stage.bot.told(
        lambda a: any(m.get("aadObjectId") == stage.olga.aad_object_id for m in a.get("membersAdded", []))
    )
    assert activity["channelData"]["eventType"] == "teamMemberAdded"
    assert (await stage.http.delete(f"{base}/{added.json()['id']}", headers=headers)).status_code == 204
    liisa = {**olga, "user@odata.bind": f"https://graph.microsoft.com/v1.0/users/{stage.liisa.aad_object_id}"}
    assert (await stage.http.post(base, json=liisa, headers=headers)).status_code == 404


async def test_users_are_found_by_id_or_principal_name(stage: Stage) -> None:
    headers = await stage.graph_headers()
    for name in (stage.anna.aad_object_id, "anna@tampere.example"):
        user = (await stage.http.get(f"/v1.0/users/{name}", headers=headers)).json()
        assert (user["displayName"], user["preferredLanguage"]) == (ANNA, "fi-FI")
    everybody = (await stage.http.get("/v1.0/users", headers=headers)).json()["value"]
    assert LIISA not in {user["displayName"] for user in everybody}


async def test_a_file_in_a_channel_is_fetched_through_graph(stage: Stage) -> None:
    headers, channel = await stage.graph_headers(), await stage.incidents()
    sent = await stage.tampere.as_user(ANNA).say("Incidents", "see", files=(Attachment("Näytös 1.csv", b"1,2"),))
    activity = await stage.bot.told(lambda a: a["id"] == sent.id)
    assert [attachment["contentType"] for attachment in activity["attachments"]] == ["text/html"]
    path = f"/v1.0/teams/{stage.works}/channels/{channel}/messages/{sent.id}"
    (attachment,) = (await stage.http.get(path, headers=headers)).json()["attachments"]
    assert (attachment["contentType"], attachment["name"]) == ("reference", "Näytös 1.csv")
    share = "u!" + base64.urlsafe_b64encode(attachment["contentUrl"].encode()).decode().rstrip("=")
    moved = await stage.http.get(f"/v1.0/shares/{share}/driveItem/content", headers=headers)
    assert moved.status_code == 302
    assert (await stage.http.get(moved.headers["Location"])).content == b"1,2"
    assert (await stage.http.get(moved.headers["Location"].split("?")[0])).status_code == 403


async def test_an_inline_image_needs_the_bots_token(stage: Stage) -> None:
    photo = Attachment("photo.png", b"\x89PNG...", "image/png", inline=True)
    sent = await stage.tampere.as_user(ANNA).say("Incidents", files=(photo,))
    activity = await stage.bot.told(lambda a: a["id"] == sent.id)
    image, html = activity["attachments"]
    assert (image["contentType"], html["contentType"]) == ("image/*", "text/html")
    assert (await stage.http.get(image["contentUrl"])).status_code == 401
    assert (await stage.http.get(image["contentUrl"], headers=await stage.bot_headers())).content == photo.content
    hosted = image["contentUrl"].split("/")[-3]
    channel = await stage.incidents()
    path = f"/v1.0/teams/{stage.works}/channels/{channel}/messages/{sent.id}/hostedContents/{hosted}/$value"
    assert (await stage.http.get(path, headers=await stage.graph_headers())).content == photo.content


async def test_seeding_again_adds_what_is_new_and_keeps_the_rest(stage: Stage) -> None:
    channel = await stage.incidents()
    await stage.tampere.as_user(ANNA).say("Incidents", "kept")
    newcomer = UserSeed("eeeeeeee-0000-4000-8000-000000000001", "Nina Newcomer", "nina@tampere.example")
    team = TeamSeed(stage.works, "Tampere Works", ("Incidents", "Night shift"), (ANNA, "Nina Newcomer"))
    await stage.tampere.seed("Tampere Plant", [newcomer], [team])
    assert [place.name for place in await stage.tampere.channels()] == ["General", "Incidents", "Night shift"]
    assert await stage.incidents() == channel
    assert [message.text for message in await stage.tampere.messages(channel)] == ["kept"]
    assert len((await stage.tampere.teams())[0].members) == 3


async def test_what_graph_does_not_know_is_answered_in_its_shape(stage: Stage) -> None:
    headers, channel = await stage.graph_headers(), await stage.incidents()
    base = f"/v1.0/teams/{stage.works}/channels/{channel}"
    for path in ("/v1.0/planner/plans", f"{base}/messages?$top=0"):
        answer = await stage.http.get(path, headers=headers)
        assert answer.json()["error"]["code"] == "BadRequest", path
    unknown_filter = await stage.http.get(
        f"/v1.0/teams/{stage.works}/channels", params={"$filter": "createdDateTime gt 1"}, headers=headers
    )
    assert unknown_filter.status_code == 400


async def test_an_app_reads_its_own_chats_and_nobody_elses(stage: Stage) -> None:
    headers = await stage.graph_headers()
    own = f"19:{stage.anna.aad_object_id}_{stage.bot.app_id}@unq.gbl.spaces"
    assert (await stage.http.get(f"/v1.0/chats/{own}/messages", headers=headers)).status_code == 404
    chat = await stage.tampere.as_user(ANNA).chat_with(stage.bot.app_id)
    await stage.post_card(chat.id, card({**text_block("You are called"), "id": "call:1"}))
    await stage.tampere.as_user(ANNA).say(chat, "on my way")
    found = (await stage.http.get(f"/v1.0/chats/{own}/messages", headers=headers)).json()["value"]
    assert [bool(item["attachments"]) for item in found] == [False, True]
    assert "call:1" in found[1]["attachments"][0]["content"]
    assert found[1]["from"]["application"]["id"] == stage.bot.app_id
    others = f"19:{stage.anna.aad_object_id}_{stage.mikko.aad_object_id}@unq.gbl.spaces"
    for chat_id, status in ((others, 403), ("a:1", 400)):
        assert (await stage.http.get(f"/v1.0/chats/{chat_id}/messages", headers=headers)).status_code == status
