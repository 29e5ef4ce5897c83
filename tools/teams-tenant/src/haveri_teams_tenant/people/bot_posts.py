"""What a bot does with messages through the Connector."""

from __future__ import annotations

from haveri_teams_tenant.clock import Clock
from haveri_teams_tenant.state.feed import Feed
from haveri_teams_tenant.state.records import App, Author, Json, Mention, Message, Place
from haveri_teams_tenant.state.world import World

CARD = "application/vnd.microsoft.card.adaptive"


def card_of(activity: Json) -> Json | None:
    """The Adaptive Card of an activity, if it carries one."""
    for attachment in activity.get("attachments") or []:
        if attachment.get("contentType") == CARD:
            card: Json = attachment["content"]
            return card
    return None


class BotPosts:
    """Keeps, changes and deletes a bot's messages."""

    def __init__(self, world: World, feed: Feed, clock: Clock) -> None:
        self._world = world
        self._feed = feed
        self._clock = clock

    def post(
        self, app: App, place: Place, root_id: str, activity: Json, targeted_to: str | None = None
    ) -> list[Message]:
        """Keep an activity as a message; text beside a card becomes two messages, as in Teams."""
        text, card = str(activity.get("text") or ""), card_of(activity)
        contents = [(text, None), ("", card)] if text and card else [(text, card)]
        messages = []
        for part_text, part_card in contents:
            message = self._world.new_message(
                place,
                root_id,
                Author(kind="bot", id=app.id, name=app.name),
                text=part_text,
                text_format=str(activity.get("textFormat") or "markdown"),
                mentions=_mentions(activity),
                card=part_card,
                targeted_to=targeted_to,
            )
            self._world.put(message)
            self._feed.append_message("message.created", message)
            messages.append(message)
        return messages

    def update(self, message: Message, activity: Json) -> None:
        """Replace what a message says, for everybody."""
        message.remember(self._clock.now())
        message.text, message.card = str(activity.get("text") or ""), card_of(activity)
        message.mentions = _mentions(activity)
        message.text_format = str(activity.get("textFormat") or message.text_format)
        message.user_cards = {}
        self._world.put(message)
        self._feed.append_message("message.edited", message)

    def delete(self, message: Message) -> None:
        """Take a message back."""
        message.deleted_at = self._clock.now()
        message.touch(message.deleted_at)
        self._world.put(message)
        self._feed.append_message("message.deleted", message)


def _mentions(activity: Json) -> list[Mention]:
    mentions = []
    for entity in activity.get("entities") or []:
        mentioned = entity.get("mentioned") or {}
        if entity.get("type") == "mention" and mentioned.get("id"):
            mentions.append(Mention(id=str(mentioned["id"]), name=str(mentioned.get("name") or "")))
    return mentions
