"""Activities have every field that Teams' own have, as recorded in `recorded/` from documentation and captures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from haveri_teams_tenant.clock import Clock, Ids
from haveri_teams_tenant.people.words import find_mentions
from haveri_teams_tenant.push.activities import ActivityWriter
from haveri_teams_tenant.state.records import (
    App,
    Author,
    Channel,
    Chat,
    File,
    Json,
    Mention,
    Message,
    Team,
    Tenant,
    User,
)
from haveri_teams_tenant.state.store import Store
from haveri_teams_tenant.state.world import World

RECORDED = Path(__file__).parent / "recorded"
NOW = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)
TENANT, GROUP, APP = "t" * 8, "g" * 8, "a" * 8
GENERAL = "19:general@thread.tacv2"


class Scene:
    """One person, one team, one bot."""

    def __init__(self, directory: Path) -> None:
        self.world = World(Store(directory / "x.sqlite3"), Clock())
        self.user = User(
            tenant_id=TENANT, id="u1", name="Jane Smith", email="jane@x.example", timezone="Europe/Helsinki"
        )
        self.app = App(id=APP, name="Haveri", secret="s", endpoint="http://x", home_tenant_id=TENANT)
        team = Team(tenant_id=TENANT, id=GROUP, thread_id=GENERAL, name="Plant", members={"u1": "owner"})
        self.channel = Channel(tenant_id=TENANT, team_id=GROUP, id=GENERAL, name="General", created_at=NOW)
        self.chat = Chat(tenant_id=TENANT, id="a:1", app_id=APP, user_id="u1")
        self.photo = self.file("p1", inline=True)
        self.paper = self.file("f1", inline=False)
        self.world.put(
            Tenant(id=TENANT, name="T"), self.user, self.app, team, self.channel, self.chat, self.photo, self.paper
        )
        self.writer = ActivityWriter(self.world, Clock(), Ids(), "http://x/amer/", "http://x")

    def file(self, file_id: str, *, inline: bool) -> File:
        return File(
            tenant_id=TENANT,
            id=file_id,
            name="x.png",
            content_type="image/png",
            size=1,
            inline=inline,
            web_url="http://x/f",
            place_id=GENERAL,
            download_key="k",
        )

    def message(self, text: str, root: str = "", files: tuple[str, ...] = (), place: str = GENERAL) -> Message:
        words = find_mentions(text, [Mention(id=self.app.bot_id, name="Haveri")])
        return Message(
            tenant_id=TENANT,
            id="17",
            place_id=place,
            root_id=root or "17",
            author=Author(kind="user", id="u1", name="Jane Smith"),
            text=text,
            parts=words.parts,
            mentions=words.mentions,
            file_ids=list(files),
            created_at=NOW,
            changed_at=NOW,
        )

    def written(self) -> dict[str, Json]:
        """The activity of ours for each recorded one."""
        a, u, c, w = self.app, self.user, self.channel, self.writer
        plain = self.message("edited text")
        press = {"action": {"type": "Action.Execute", "id": "a", "title": "A", "verb": "a", "data": {"incident": 1}}}
        return {
            "conversationUpdate_channelCreated": w.channel_event(a, u, c, c, "channelCreated"),
            "conversationUpdate_teamMemberAdded_bot": w.bot_added(a, u, c),
            "conversationUpdate_teamMemberAdded_user": w.members_changed(a, u, c, [u], added=True),
            "installationUpdate_add": w.installed(a, u, c),
            "invoke_adaptiveCard_action": w.invoke(
                a, u, c, "17", "adaptiveCard/action", {**press, "trigger": "manual"}, "17"
            ),
            "messageDelete_softDelete": w.deleted(a, u, c, plain),
            "messageReaction_added": w.reacted(a, u, c, plain, "like", added=True),
            "messageUpdate_editMessage": w.edited(a, u, c, plain, "editMessage"),
            "message_action_submit": w.submitted(a, u, c, plain, "18", {"act": "note", "note": "x"}),
            "message_channel_file": w.message(a, u, c, self.message("@Haveri see photo", files=("f1",))),
            "message_channel_mention": w.message(a, u, c, self.message("@Haveri /incident Press line 3 down")),
            "message_inline_image": w.message(a, u, c, self.message("", files=("p1",))),
            "message_personal": w.message(a, u, self.chat, self.message("/incident x", place="a:1")),
            "message_thread_reply": w.message(a, u, c, self.message("oil leak stopped", root="16")),
        }


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def paths(node: Any, here: str = "") -> Iterator[str]:
    """The address of every field."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield f"{here}.{name}"
            yield from paths(value, f"{here}.{name}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from paths(value, f"{here}[{index}]")


# Fields that Teams' documentation shows in one sample but that carry nothing a bot may rely on.
ACCIDENTAL = (".legacy", ".channelData.channel", ".channelData.team.aadGroupId", ".channelData.settings")


@pytest.mark.parametrize(
    "name", sorted(path.stem for path in RECORDED.glob("*.json") if "task" not in path.stem.lower())
)
def test_an_activity_has_every_field_of_the_recorded_one(scene: Scene, name: str) -> None:
    recorded = json.loads((RECORDED / f"{name}.json").read_text())["activity"]
    ours = scene.written()[name]
    missing = {path for path in paths(recorded) if not path.startswith(ACCIDENTAL)} - set(paths(ours))
    assert missing == set()
    assert ours["type"] == recorded["type"]
    assert ours["conversation"]["conversationType"] == recorded["conversation"]["conversationType"]


def test_times_are_utc_and_local_in_the_persons_zone(scene: Scene) -> None:
    activity = scene.written()["message_thread_reply"]
    assert activity["timestamp"] == "2026-11-23T09:12:00.000Z"
    assert activity["localTimestamp"] == "2026-11-23T11:12:00.000+02:00"


def test_the_html_of_a_mention_is_the_recorded_one(scene: Scene) -> None:
    recorded = json.loads((RECORDED / "message_channel_mention.json").read_text())["activity"]
    html = scene.written()["message_channel_mention"]["attachments"][0]["content"]
    assert html == recorded["attachments"][0]["content"].replace("<div><div>", "<div>").replace(
        "</div></div>", "</div>"
    )
