"""Promises about what a bot is told, in which order, and how often."""

from __future__ import annotations

import asyncio

from tenant_support import ANNA, MIKKO, Json, Stage

from haveri_teams_tenant.client import Attachment


def is_message(activity: Json) -> bool:
    return activity["type"] == "message"


async def test_everything_said_in_a_read_all_team_arrives_in_order(stage: Stage) -> None:
    anna = stage.tampere.as_user(ANNA)
    for number in range(20):
        await anna.say("Incidents", f"message {number}")
    await stage.tampere.wait_until_delivered()
    assert stage.bot.texts() == [f"message {number}" for number in range(20)]
    assert stage.bot.refused == []


async def test_a_mention_only_team_tells_only_what_is_addressed_to_the_bot(stage: Stage) -> None:
    await stage.tampere.install(stage.installation(mode="mention-only"))
    anna = stage.tampere.as_user(ANNA)
    await anna.say("Incidents", "just chatting")
    mentioned = await anna.say("Incidents", "@Haveri help")
    await anna.say("Incidents", "/oncall")
    await anna.edit(mentioned, "@Haveri help please")
    await stage.tampere.wait_until_delivered()
    told = [(a["type"], a["text"]) for a in stage.bot.received if "text" in a]
    assert told == [
        ("message", "<at>Haveri</at> help"),
        ("message", "/oncall"),
        ("messageUpdate", "<at>Haveri</at> help please"),
    ]


async def test_a_slash_command_is_targeted_and_private(stage: Stage) -> None:
    await stage.tampere.as_user(ANNA).command("Incidents", "/incident Filler jammed")
    activity = await stage.bot.told(is_message)
    assert activity["recipient"] == {"id": f"28:{stage.bot.app_id}", "name": "Haveri", "isTargeted": True}
    assert len(await stage.tampere.as_user(ANNA).messages("Incidents")) == 1
    assert await stage.tampere.as_user(MIKKO).messages("Incidents") == []


async def test_a_slash_that_is_no_command_is_an_ordinary_message(stage: Stage) -> None:
    anna = stage.tampere.as_user(ANNA)
    await anna.say("Incidents", "/shrug")
    await anna.say("Incidents", "/ack", plain=True)
    await stage.tampere.wait_until_delivered()
    assert all("isTargeted" not in a["recipient"] for a in stage.bot.received if is_message(a))
    assert len(await stage.tampere.as_user(MIKKO).messages("Incidents")) == 2


async def test_a_mention_names_a_person_by_an_id_the_bot_can_look_up(stage: Stage) -> None:
    await stage.tampere.as_user(ANNA).say("Incidents", f"@{MIKKO} look <b>&")
    activity = await stage.bot.told(is_message)
    assert activity["text"] == f"<at>{MIKKO}</at> look <b>&"
    mention = activity["entities"][0]["mentioned"]
    assert mention["id"].startswith("29:") and "aadObjectId" not in mention
    assert "&lt;b&gt;&amp;" in activity["attachments"][0]["content"]


async def test_edits_deletions_and_undeletions_are_told(stage: Stage) -> None:
    anna = stage.tampere.as_user(ANNA)
    message = await anna.say("Incidents", "frist")
    await anna.edit(message, "first")
    await anna.delete(message)
    await anna.undelete(message)
    await stage.tampere.wait_until_delivered()
    events = [a for a in stage.bot.received if a["id"] == message.id]
    assert [(a["type"], a["channelData"].get("eventType"), a.get("text")) for a in events] == [
        ("message", None, "frist"),
        ("messageUpdate", "editMessage", "first"),
        ("messageDelete", "softDeleteMessage", None),
        ("messageUpdate", "undeleteMessage", "first"),
    ]
    assert [version.text for version in (await stage.tampere.message(message.id)).versions] == ["frist"]


async def test_reactions_are_told_for_the_bots_own_messages_only(stage: Stage) -> None:
    anna, channel = stage.tampere.as_user(ANNA), await stage.incidents()
    mine = (await stage.post(channel, {"type": "message", "text": "mine"})).json()["id"]
    theirs = await stage.tampere.as_user(MIKKO).say("Incidents", "theirs")
    await anna.react(theirs)
    await anna.react(mine)
    await anna.react(mine)
    await stage.tampere.wait_until_delivered()
    reactions = [a for a in stage.bot.received if a["type"] == "messageReaction"]
    assert [(a["replyToId"], "reactionsAdded" in a) for a in reactions] == [(mine, True), (mine, False)]


async def test_a_personal_file_comes_with_its_download_address(stage: Stage) -> None:
    chat = await stage.tampere.as_user(ANNA).chat_with(stage.bot.app_id)
    await stage.tampere.as_user(ANNA).say(chat, "the log", files=(Attachment("log.txt", b"42", "text/plain"),))
    activity = await stage.bot.told(is_message)
    info = activity["attachments"][0]
    assert info["contentType"] == "application/vnd.microsoft.teams.file.download.info"
    assert (await stage.http.get(info["content"]["downloadUrl"])).content == b"42"
    assert activity["conversation"]["conversationType"] == "personal"


async def test_a_reply_carries_its_thread(stage: Stage) -> None:
    opener = await stage.tampere.as_user(ANNA).say("Incidents", "opener")
    reply = await stage.tampere.as_user(MIKKO).reply(opener, "reply")
    activity = await stage.bot.told(lambda a: a["id"] == reply.id)
    assert activity["replyToId"] == opener.id
    assert activity["conversation"]["id"].endswith(f";messageid={opener.id}")


async def test_a_bot_that_was_down_gets_everything_when_it_is_back(stage: Stage) -> None:
    await stage.bot.stop()
    anna = stage.tampere.as_user(ANNA)
    for number in range(3):
        await anna.say("Incidents", f"while down {number}")
    await stage.bot.start()
    await stage.tampere.wait_until_delivered()
    assert stage.bot.texts() == ["while down 0", "while down 1", "while down 2"]


async def test_a_bot_that_answers_5xx_is_tried_again_and_one_that_refuses_is_not(stage: Stage) -> None:
    stage.bot.status = 503
    anna = stage.tampere.as_user(ANNA)
    await anna.say("Incidents", "insistent")
    await asyncio.sleep(0)
    stage.bot.status = 200
    assert await stage.bot.told(lambda a: a.get("text") == "insistent")
    stage.bot.status = 403
    refused = await anna.say("Incidents", "refused")
    await stage.tampere.wait_until_delivered()
    (delivery,) = [d for d in await stage.tampere.deliveries() if d.activity["id"] == refused.id]
    assert (delivery.status, delivery.attempts) == (403, 1)


async def test_an_activity_can_be_redelivered_under_the_same_and_under_a_new_id(stage: Stage) -> None:
    message = await stage.tampere.as_user(ANNA).say("Incidents", "twice")
    await stage.tampere.wait_until_delivered()
    assert await stage.tampere.redeliver() == 200
    assert await stage.tampere.redeliver(message.id, new_id=True) == 200
    ids = [a["id"] for a in stage.bot.received if a.get("text") == "twice"]
    assert ids[:2] == [message.id, message.id] and ids[2] != message.id


async def test_deliveries_can_arrive_out_of_order(stage: Stage) -> None:
    await stage.tampere.hold_deliveries()
    for text in ("one", "two", "three"):
        await stage.tampere.as_user(ANNA).say("Incidents", text)
    assert stage.bot.texts() == []
    assert await stage.tampere.release_deliveries("reversed") == 3
    await stage.tampere.wait_until_delivered()
    assert stage.bot.texts() == ["three", "two", "one"]


async def test_organisations_never_see_each_other(stage: Stage) -> None:
    await stage.oulu.as_user("Liisa Laine").say("General", "a secret of Oulu")
    activity = await stage.bot.told(is_message)
    assert activity["channelData"]["tenant"]["id"] == stage.oulu.id
    places = {place.id for place in await stage.tampere.channels()}
    assert places.isdisjoint({place.id for place in await stage.oulu.channels()})
