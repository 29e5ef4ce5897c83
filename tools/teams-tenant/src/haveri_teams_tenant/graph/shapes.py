"""Graph's resources, written from the tenant's records."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

from markupsafe import Markup

from haveri_teams_tenant.clock import stamp
from haveri_teams_tenant.house import House
from haveri_teams_tenant.people.bot_posts import CARD
from haveri_teams_tenant.people.words import graph_html
from haveri_teams_tenant.state.records import Channel, File, Json, Mention, Message, Team, User

ATTACHED = Markup('<attachment id="{}"></attachment>')
REACTIONS = {"like": "👍", "heart": "❤️", "laugh": "😆", "surprised": "😮", "sad": "🙁", "angry": "😠"}


def context(house: House, of: str) -> str:
    """The @odata.context of an answer."""
    return f"{house.settings.base_url}/v1.0/$metadata#{of}"


def _web_url(kind: str, thread_id: str, name: str, group_id: str) -> str:
    return f"https://teams.microsoft.com/l/{kind}/{quote(thread_id, safe='')}/{quote(name)}?groupId={group_id}"


def team_json(team: Team) -> Json:
    """A team."""
    return {
        "id": team.id,
        "displayName": team.name,
        "description": None,
        "internalId": team.thread_id,
        "tenantId": team.tenant_id,
        "isArchived": False,
        "webUrl": _web_url("team", team.thread_id, "conversations", team.id),
    }


def channel_json(channel: Channel) -> Json:
    """A channel."""
    return {
        "id": channel.id,
        "createdDateTime": stamp(channel.created_at),
        "displayName": channel.name,
        "description": channel.description or None,
        "isFavoriteByDefault": None,
        "email": "",
        "tenantId": channel.tenant_id,
        "webUrl": _web_url("channel", channel.id, channel.name, channel.team_id),
        "membershipType": channel.membership,
        "isArchived": channel.archived,
    }


def user_json(user: User) -> Json:
    """A person."""
    given, _, surname = user.name.rpartition(" ")
    return {
        "id": user.id,
        "displayName": user.name,
        "givenName": given or user.name,
        "surname": surname,
        "mail": user.email,
        "userPrincipalName": user.email,
        "preferredLanguage": user.locale,
        "businessPhones": [],
        "jobTitle": None,
        "mobilePhone": None,
        "officeLocation": None,
    }


def membership_id(tenant_id: str, thing_id: str, user_id: str) -> str:
    """The opaque id of somebody's membership."""
    return base64.b64encode(f"MCMj{tenant_id}##{thing_id}##{user_id}".encode()).decode().replace("/", "_")


def user_of_membership(raw: str) -> str:
    """The aadObjectId within a membership id; empty when it is none."""
    try:
        text = base64.b64decode(raw.replace("_", "/"), validate=True).decode()
    except ValueError:
        return ""
    return text.rpartition("##")[2]


def member_json(user: User, thing_id: str, role: str) -> Json:
    """Somebody's membership in a team or a channel."""
    return {
        "@odata.type": "#microsoft.graph.aadUserConversationMember",
        "id": membership_id(user.tenant_id, thing_id, user.id),
        "roles": ["owner"] if role == "owner" else [],
        "displayName": user.name,
        "visibleHistoryStartDateTime": "0001-01-01T00:00:00Z",
        "userId": user.id,
        "email": user.email,
        "tenantId": user.tenant_id,
    }


def message_json(house: House, channel: Channel, message: Message) -> Json:
    """A message of a channel; a deleted one has lost its words."""
    deleted = message.deleted_at is not None
    files = [house.world.files[file_id] for file_id in message.file_ids]
    return {
        "id": message.id,
        "replyToId": None if message.is_root else message.root_id,
        "etag": str(int(message.changed_at.timestamp() * 1000)),
        "messageType": "message",
        "createdDateTime": stamp(message.created_at),
        "lastModifiedDateTime": stamp(message.changed_at),
        "lastEditedDateTime": stamp(message.edited_at) if message.edited_at else None,
        "deletedDateTime": stamp(message.deleted_at) if message.deleted_at else None,
        "subject": None,
        "summary": None,
        "chatId": None,
        "importance": "normal",
        "locale": "en-us",
        "webUrl": _web_url("message", channel.id, message.id, channel.team_id),
        "policyViolation": None,
        "eventDetail": None,
        "from": _author(message),
        "body": {"contentType": "html", "content": "" if deleted else _body(house, channel, message, files)},
        "channelIdentity": {"teamId": channel.team_id, "channelId": channel.id},
        "attachments": [] if deleted else _attachments(message, files),
        "mentions": [_mention(house, number, mention) for number, mention in enumerate(message.mentions)],
        "reactions": [
            {"reactionType": name, "displayName": name, "user": {"user": {"id": user_id}}}
            for name, people in message.reactions.items()
            for user_id in people
        ],
    }


def chat_message_json(chat_id: str, message: Message) -> Json:
    """A message of a personal chat; a deleted one has lost its words."""
    deleted = message.deleted_at is not None
    extra = ATTACHED.format(message.id) if message.card is not None else Markup()
    said = message.text + extra if message.author.kind == "bot" else graph_html(message.parts, [extra])
    return {
        "id": message.id,
        "messageType": "message",
        "createdDateTime": stamp(message.created_at),
        "lastModifiedDateTime": stamp(message.changed_at),
        "deletedDateTime": stamp(message.deleted_at) if message.deleted_at else None,
        "chatId": chat_id,
        "channelIdentity": None,
        "from": _author(message),
        "body": {"contentType": "html", "content": "" if deleted else said},
        "attachments": [] if deleted else _attachments(message, []),
    }


def _author(message: Message) -> Json:
    author = {"id": message.author.id, "displayName": message.author.name}
    if message.author.kind == "bot":
        return {"user": None, "device": None, "application": {**author, "applicationIdentityType": "bot"}}
    person = {**author, "userIdentityType": "aadUser", "tenantId": message.tenant_id}
    return {"application": None, "device": None, "user": person}


def _body(house: House, channel: Channel, message: Message, files: list[File]) -> str:
    extra: list[Markup] = []
    for file in files:
        if file.inline:
            source = (
                f"{house.settings.base_url}/v1.0/teams/{channel.team_id}/channels/{channel.id}"
                f"/messages/{message.id}/hostedContents/{file.id}/$value"
            )
            extra.append(Markup('<img src="{}" itemid="{}">').format(source, file.id))
        else:
            extra.append(ATTACHED.format(file.id))
    if message.card is not None:
        extra.append(ATTACHED.format(message.id))
    if message.author.kind == "bot":
        return message.text + "".join(extra)
    return graph_html(message.parts, extra)


def _attachments(message: Message, files: list[File]) -> list[Json]:
    attachments: list[Json] = [
        {
            "id": file.id,
            "contentType": "reference",
            "contentUrl": file.web_url,
            "content": None,
            "name": file.name,
            "thumbnailUrl": None,
        }
        for file in files
        if not file.inline
    ]
    if message.card is not None:
        card = json.dumps(message.card, ensure_ascii=False)
        attachments.append(
            {
                "id": message.id,
                "contentType": CARD,
                "contentUrl": None,
                "content": card,
                "name": None,
                "thumbnailUrl": None,
            }
        )
    return attachments


def _mention(house: House, number: int, mention: Mention) -> Json:
    user = house.world.users_by_teams_id.get(mention.id)
    bot = (
        None
        if user
        else {"id": mention.id.removeprefix("28:"), "displayName": mention.name, "applicationIdentityType": "bot"}
    )
    person = {"id": user.id, "displayName": user.name, "userIdentityType": "aadUser"} if user else None
    return {"id": number, "mentionText": mention.name, "mentioned": {"application": bot, "user": person}}
