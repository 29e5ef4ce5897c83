"""What is said in an incident's channel is kept; what is said elsewhere is not."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from gateway_rig import NAMES, Gateway, Rig, opened

from haveri_chassis.objects import ObjectStore
from haveri_contracts.chat.events import FileShared, MessageDeleted, MessageEdited, NotificationFailed
from haveri_contracts.escalation.reasons import Reason, ReasonCode
from haveri_contracts.types import member_actor
from haveri_teams_tenant.client import Attachment


async def test_messages_edits_and_deletions_become_news_of_the_incident(rig: Rig, gateway: Gateway) -> None:
    works = await rig.works(gateway)
    scene = await opened(works, "inc-1-filler-2-jammed", say="/incident Filler 2 jammed")
    mikko = works.user(NAMES[1])
    said = await mikko.say(scene.channel, "belt is torn <b>badly</b>")
    await mikko.edit(said, "belt is torn")
    await mikko.delete(said)
    (deleted,) = await rig.until(lambda: rig.neighbours.said(works, MessageDeleted))
    (posted,) = rig.neighbours.said(works)
    (edited,) = rig.neighbours.said(works, MessageEdited)
    assert posted.text == "belt is torn <b>badly</b>"
    assert posted.command is None
    assert posted.author.member_id == works.members[NAMES[1]].id
    assert (edited.text, edited.message_ref) == ("belt is torn", said.id)
    assert deleted.message_ref == posted.message_ref == said.id
    envelope = next(e for e, m in rig.neighbours.events if m is posted)
    assert envelope.actor == member_actor(works.members[NAMES[1]].id)
    # Teams itself tells the time in milliseconds.
    assert abs(envelope.time - said.created_at) < timedelta(milliseconds=1)


async def test_commands_in_the_channel_are_kept_with_their_name_and_private_ones_are_not(
    rig: Rig, gateway: Gateway
) -> None:
    works = await rig.works(gateway)
    scene = await opened(works, "inc-1-filler-2-jammed", say="/incident Filler 2 jammed")
    await works.user().say(scene.channel, "/note a secret thought")
    await works.user().say(scene.channel, "@Haveri /status investigating", plain=True)
    (posted,) = await rig.until(lambda: rig.neighbours.said(works))
    assert posted.command == "status"
    assert posted.text == "/status investigating"


async def test_what_is_said_outside_incident_channels_is_nobodys_business(rig: Rig, gateway: Gateway) -> None:
    works = await rig.works(gateway)
    scene = await opened(works, "inc-1-filler-2-jammed", say="/incident Filler 2 jammed")
    await works.user().say("General", "lunch?")
    await works.user().say(scene.channel, "on my way")
    await rig.until(lambda: rig.neighbours.said(works))
    assert [m.text for m in rig.neighbours.said(works)] == ["on my way"]


async def test_a_strangers_message_is_kept_under_their_name(rig: Rig, gateway: Gateway) -> None:
    works = await rig.works(gateway)
    scene = await opened(works, "inc-1-filler-2-jammed", say="/incident Filler 2 jammed")
    await works.user("Olga Outsider").say(scene.channel, "I saw it happen")
    (posted,) = await rig.until(lambda: rig.neighbours.said(works))
    assert posted.author.member_id is None
    assert posted.author.display_name == "Olga Outsider"


async def test_a_message_that_is_faster_than_its_channel_is_kept_too(rig: Rig, gateway: Gateway) -> None:
    works = await rig.works(gateway)
    # Graph opens the channel, its answer is lost: for a moment nobody here knows whose channel that is.
    await rig.client.fail("graph", method="POST", path_pattern="/channels$", effect="status", status=503, when="after")
    await works.user().say("General", "/incident Filler 2 jammed")
    channel = await works.handle.wait_for_channel(lambda place: place.name == "inc-1-filler-2-jammed")
    await works.user().say(channel, "first!")
    (posted,) = await rig.until(lambda: rig.neighbours.said(works))
    assert posted.text == "first!"
    assert posted.channel_ref == channel.id


async def test_photos_and_files_are_fetched_and_told_of(rig: Rig, gateway: Gateway) -> None:
    works = await rig.works(gateway)
    scene = await opened(works, "inc-1-filler-2-jammed", say="/incident Filler 2 jammed")
    photo, sheet = b"\x89PNG not really", b"time;bar\n1;6.2\n2;6.1\n"
    await works.user().say(scene.channel, "", files=(Attachment("torn.png", photo, "image/png", inline=True),))
    await works.user().say(scene.channel, "pressures", files=(Attachment("pressure.csv", sheet, "text/csv"),))
    shared = await rig.until(lambda: len(found := rig.neighbours.said(works, FileShared)) == 2 and found)
    by_size = {file.size_bytes: file for file in shared}
    assert by_size[len(sheet)].file_name == "pressure.csv"
    assert by_size[len(photo)].content_type == "image/png"
    store = ObjectStore(rig.s3.url, rig.s3.access_key, rig.s3.secret_key, "haveri")
    for content in (photo, sheet):
        file = by_size[len(content)]
        assert file.sha256 == hashlib.sha256(content).hexdigest()
        assert file.key.startswith(f"{works.organization}/")
        assert await store.get(file.key) == content
    await store.close()


async def test_a_file_survives_an_outage_of_the_place_where_it_lies(rig: Rig, gateway: Gateway) -> None:
    works = await rig.works(gateway)
    scene = await opened(works, "inc-1-filler-2-jammed", say="/incident Filler 2 jammed")
    await rig.client.fail("graph", method="GET", path_pattern="/messages/", times=1, status=503)
    await works.user().say(scene.channel, "log", files=(Attachment("plc.txt", b"E42", "text/plain"),))
    (shared,) = await rig.until(lambda: rig.neighbours.said(works, FileShared), within=20)
    assert shared.file_name == "plc.txt"


async def test_a_file_that_is_too_large_is_on_the_timeline_as_such_and_its_sender_is_told(rig: Rig) -> None:
    async with rig.gateway(teams_file_limit_mb=1) as gateway:
        works = await rig.works(gateway)
        scene = await opened(works, "inc-1-filler-2-jammed", say="/incident Filler 2 jammed")
        film = Attachment("film.mp4", b"x" * (1024 * 1024 + 1), "video/mp4")
        await works.user().say(scene.channel, "look", files=(film,))
        (failed,) = await rig.until(lambda: rig.neighbours.said(works, NotificationFailed))
        assert "film.mp4" in failed.what
        assert failed.cause == Reason.of(ReasonCode.FILE_TOO_LARGE, megabytes=1)
        told = "film.mp4: larger than 1 MB"
        await works.handle.wait_for_message(scene.channel, lambda m: m.seen_by is not None and told in m.text)
