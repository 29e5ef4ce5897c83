"""Activities exactly as Teams writes them, from what happened in the tenant."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from markupsafe import Markup

from haveri_teams_tenant.clock import Clock, Ids, stamp
from haveri_teams_tenant.people.words import activity_html, activity_text
from haveri_teams_tenant.state.records import App, Channel, Chat, File, Json, Mention, Message, Place, User
from haveri_teams_tenant.state.world import World

INLINE_IMAGE = Markup('<img src="{}" itemscope="{}" itemtype="http://schema.skype.com/AMSImage">')
SOURCE = {"source": {"name": "message"}}


class ActivityWriter:
    """Writes the envelope that all activities share and the parts in which they differ."""

    def __init__(self, world: World, clock: Clock, ids: Ids, service_url: str, base_url: str) -> None:
        self._world = world
        self._clock = clock
        self._ids = ids
        self.service_url = service_url
        self._base_url = base_url

    def _activity(
        self,
        kind: str,
        app: App,
        user: User,
        place: Place,
        root_id: str = "",
        *,
        at: datetime | None = None,
        data: Json | None = None,
        **more: Any,
    ) -> Json:
        """What all activities share, `more` and, in the Teams block, `data`."""
        moment = at or self._clock.now()
        local = moment.astimezone(ZoneInfo(user.timezone))
        return {
            "type": kind,
            "id": self.fresh_id(),
            "channelId": "msteams",
            "serviceUrl": self.service_url,
            "timestamp": stamp(moment),
            "localTimestamp": local.isoformat(timespec="milliseconds"),
            "localTimezone": user.timezone,
            "locale": user.locale,
            "from": {"id": user.teams_id, "name": user.name, "aadObjectId": user.id},
            "recipient": {"id": app.bot_id, "name": app.name},
            "conversation": self.conversation(place, root_id),
            "channelData": {**self.channel_data(place), **(data or {})},
            **more,
        }

    def conversation(self, place: Place, root_id: str = "") -> Json:
        """The conversation block; a thread is the channel's id with `;messageid=` of its opener."""
        if isinstance(place, Chat):
            return {"conversationType": "personal", "id": place.id, "tenantId": place.tenant_id}
        thread = f"{place.id};messageid={root_id}" if root_id else place.id
        return {"isGroup": True, "conversationType": "channel", "id": thread, "tenantId": place.tenant_id}

    def channel_data(self, place: Place) -> Json:
        """The Teams block: tenant, and for a channel its team and itself."""
        tenant = {"tenant": {"id": place.tenant_id}}
        if isinstance(place, Chat):
            return tenant
        team = self._world.team_of(place)
        return {
            "teamsChannelId": place.id,
            "teamsTeamId": team.thread_id,
            "channel": {"id": place.id},
            "team": {"id": team.thread_id, "aadGroupId": team.id},
            **tenant,
        }

    def message(self, app: App, user: User, place: Place, message: Message) -> Json:
        """A person's message."""
        files = [self._world.files[file_id] for file_id in message.file_ids]
        activity = self._activity(
            "message",
            app,
            user,
            place,
            message.root_id,
            at=message.created_at,
            id=message.id,
            text=activity_text(message.parts),
            textFormat="plain",
            attachments=self._attachments(place, message, files),
            entities=[*map(_mention_entity, message.mentions), _client_info(user)],
        )
        if isinstance(place, Channel) and not message.is_root:
            activity["replyToId"] = message.root_id
        if message.targeted_to:
            activity["recipient"]["isTargeted"] = True
        return activity

    def _attachments(self, place: Place, message: Message, files: list[File]) -> list[Json]:
        extra = [Markup('<attachment id="{}"></attachment>').format(file.id) for file in files if not file.inline]
        attachments: list[Json] = []
        for file in files:
            if file.inline:
                url = f"{self.service_url}v3/attachments/{file.id}/views/original"
                attachments.append({"contentType": "image/*", "contentUrl": url})
                extra.append(INLINE_IMAGE.format(url, file.content_type))
            elif isinstance(place, Chat):
                attachments.append(self._download_info(file))
        attachments.append({"contentType": "text/html", "content": activity_html(message.parts, extra)})
        return attachments

    def _download_info(self, file: File) -> Json:
        return {
            "contentType": "application/vnd.microsoft.teams.file.download.info",
            "contentUrl": file.web_url,
            "name": file.name,
            "content": {
                "downloadUrl": self.download_url(file),
                "uniqueId": file.id,
                "fileType": file.name.rpartition(".")[2] or "bin",
            },
        }

    def download_url(self, file: File) -> str:
        """The pre-authenticated address of a file's bytes."""
        return f"{self._base_url}/download/{file.id}/{quote(file.name, safe='')}?tempauth={file.download_key}"

    def edited(self, app: App, user: User, place: Place, message: Message, event: str) -> Json:
        """An edit or an un-deletion: `event` is editMessage or undeleteMessage."""
        activity = self.message(app, user, place, message)
        activity |= {"type": "messageUpdate", "timestamp": stamp(message.changed_at)}
        activity["channelData"] = {**activity["channelData"], "eventType": event}
        return activity

    def deleted(self, app: App, user: User, place: Place, message: Message) -> Json:
        """A deletion, which no longer says what was deleted."""
        event = {"eventType": "softDeleteMessage"}
        at, root_id = message.changed_at, message.root_id
        return self._activity("messageDelete", app, user, place, root_id, at=at, data=event, id=message.id)

    def reacted(self, app: App, user: User, place: Place, message: Message, reaction: str, *, added: bool) -> Json:
        """A reaction to one of the bot's messages."""
        change: Json = {"reactionsAdded" if added else "reactionsRemoved": [{"type": reaction}]}
        root_id = message.root_id
        return self._activity("messageReaction", app, user, place, root_id, replyToId=message.id, **change)

    def submitted(self, app: App, user: User, place: Place, message: Message, message_id: str, value: Any) -> Json:
        """An Action.Submit: a message with a value and no text."""
        more = {"id": message_id, "replyToId": message.id, "value": value}
        return self._activity("message", app, user, place, message.root_id, data=SOURCE, **more)

    def invoke(
        self, app: App, user: User, place: Place, root_id: str, name: str, value: Json, reply_to: str = ""
    ) -> Json:
        """A request to the bot whose answer the person waits for."""
        more: Json = {"replyToId": reply_to} if reply_to else {}
        return self._activity("invoke", app, user, place, root_id, data=SOURCE, name=name, value=value, **more)

    def fresh_id(self) -> str:
        """An id as Teams gives to activities that are no messages."""
        return f"f:{self._ids.guid()}"

    def installed(self, app: App, user: User, channel: Channel) -> Json:
        """The app was added to a team."""
        data = {"settings": {"selectedChannel": {"id": channel.id}}, **SOURCE}
        entities = [{"type": "clientInfo", "locale": user.locale}]
        return self._installation_update("add", app, user, channel, data=data, entities=entities)

    def removed(self, app: App, user: User, channel: Channel) -> Json:
        """The app was taken out of a team."""
        return self._installation_update("remove", app, user, channel)

    def _installation_update(self, action: str, app: App, user: User, channel: Channel, **more: Any) -> Json:
        activity = self._activity("installationUpdate", app, user, channel, action=action, **more)
        activity["conversation"]["name"] = channel.name
        return activity

    def bot_added(self, app: App, user: User, channel: Channel) -> Json:
        """The bot became a member of a team."""
        activity = self._conversation_update(app, user, channel, "teamMemberAdded")
        activity["membersAdded"] = [{"id": app.bot_id}]
        activity["channelData"]["settings"] = {"selectedChannel": {"id": channel.id}}
        return activity

    def members_changed(self, app: App, by: User, general: Channel, people: list[User], *, added: bool) -> Json:
        """People joined or left a team."""
        activity = self._conversation_update(app, by, general, "teamMemberAdded" if added else "teamMemberRemoved")
        members = [{"id": person.teams_id, "aadObjectId": person.id} for person in people]
        activity["membersAdded" if added else "membersRemoved"] = members
        return activity

    def channel_event(self, app: App, user: User, channel: Channel, general: Channel, event: str) -> Json:
        """channelCreated, channelRenamed, channelDeleted or channelRestored; arrives in General's conversation."""
        activity = self._conversation_update(app, user, general, event)
        activity["channelData"]["channel"] = {"id": channel.id, "name": channel.name}
        return activity

    def _conversation_update(self, app: App, user: User, general: Channel, event: str) -> Json:
        team = self._world.team_of(general)
        block = {"id": team.thread_id, "name": team.name, "aadGroupId": team.id}
        data = {"team": block, "eventType": event, "tenant": {"id": team.tenant_id}}
        return self._activity("conversationUpdate", app, user, general, channelData=data)


def _mention_entity(mention: Mention) -> Json:
    return {
        "type": "mention",
        "text": f"<at>{mention.name}</at>",
        "mentioned": {"id": mention.id, "name": mention.name},
    }


def _client_info(user: User) -> Json:
    country = user.locale.rpartition("-")[2].upper()
    return {
        "type": "clientInfo",
        "locale": user.locale,
        "country": country,
        "platform": "Web",
        "timezone": user.timezone,
    }
