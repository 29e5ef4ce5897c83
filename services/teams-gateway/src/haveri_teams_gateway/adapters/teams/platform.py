"""The ChatPlatform of one organisation: Teams as the workflow sees it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from haveri_chassis.clock import Clock
from haveri_chat.cards import Card
from haveri_chat.delivery.pacing import Urgency
from haveri_chat.forms import Form
from haveri_chat.ports import Draw, FoundChannel, PlatformRefused, Posted
from haveri_chat.requests import Person
from haveri_teams_gateway.adapters.adaptive_cards import TeamPlace, card_message, draw_card, escape_markdown
from haveri_teams_gateway.adapters.adaptive_forms import draw_form
from haveri_teams_gateway.adapters.teams.connector import Connector
from haveri_teams_gateway.adapters.teams.direct import DirectChats
from haveri_teams_gateway.adapters.teams.graph import Graph
from haveri_teams_gateway.adapters.teams.lookup import found_among
from haveri_teams_gateway.adapters.teams.pace import Pace
from haveri_teams_gateway.adapters.teams.roster import Roster
from haveri_teams_gateway.domain.references import split_reference, thread_reference
from haveri_teams_gateway.domain.tenant import Tenant
from haveri_teams_gateway.store.chats import Chats
from haveri_teams_gateway.store.sent_texts import SentTexts

Json = dict[str, Any]
_DESCRIPTION_LENGTH = 1000
_NOT_IN_NAMES = re.compile(r"[<>&*_`~\[\]\\\n]")


class TeamsPlatform:
    """Opens, posts, updates, notifies, at the pace that Teams allows. Raises PlatformUnavailable or PlatformRefused."""

    def __init__(
        self,
        tenant: Tenant,
        service_url: str,
        app_id: str,
        connector: Connector,
        graph: Graph,
        pace: Pace,
        roster: Roster,
        chats: Chats,
        texts: SentTexts,
        group_of: Callable[[str], Awaitable[str | None]],
        clock: Clock,
    ) -> None:
        self._tenant = tenant
        self._url = service_url
        self._app_id = app_id
        self._connector = connector
        self._graph = graph
        self._delivery = pace.connector
        self._graph_delivery = pace.graph
        self._rush = pace.rush
        self._roster = roster
        self._direct = DirectChats(tenant, service_url, connector, pace.connector, chats)
        self._texts = texts
        self._group_of = group_of
        self._clock = clock

    # Channels

    async def create_channel(self, home: str, name: str, *, title: str, marker: str) -> str:
        """Open a channel in the team `home`; its description carries the marker. Raises Conflict for a taken name."""
        room = _DESCRIPTION_LENGTH - len(marker) - 3
        description = f"{title[:room]} · {marker}"
        tenant_id = self._tenant.tenant_id
        self._rush.note()
        return await self._graph_delivery.send(
            f"channel {name}",
            lambda: self._graph.create_channel(tenant_id, home, name, description),
            urgency=Urgency.SOON,
        )

    async def find_channel(self, home: str, name: str) -> FoundChannel | None:
        """The team's channel of this name."""
        for channel in await self._graph.find_channels(self._tenant.tenant_id, home, name):
            _, mark, marker = str(channel.get("description") or "").rpartition(" · ")
            return FoundChannel(str(channel["id"]), marker if mark else None)
        return None

    async def archive_channel(self, channel: str) -> None:
        """Make the channel read-only."""
        await self._graph.archive(self._tenant.tenant_id, await self._group(channel), channel)

    async def unarchive_channel(self, channel: str) -> None:
        """Make the channel writable again."""
        await self._graph.unarchive(self._tenant.tenant_id, await self._group(channel), channel)

    # Cards

    async def post_card(self, channel: str, card: Card, *, marker: str) -> Posted:
        """Post a card that carries the marker as its first element's id."""
        self._rush.note()
        return await self._post(channel, card_message(self._drawn(card, marker), card.summary), marker, Urgency.SOON)

    async def find_card(self, channel: str, marker: str) -> Posted | None:
        """What was posted with this marker. None when Teams will not list the channel: better twice than never."""
        known = await self._texts.find(marker)
        if known is not None and known.message_id is not None:
            return _posted(channel, known.message_id)
        where, thread = split_reference(channel)
        try:
            messages = await self._graph.messages(self._tenant.tenant_id, await self._group(channel), where, thread)
        except PlatformRefused:
            return None
        message_id = found_among(messages, self._app_id, marker, known)
        return _posted(channel, message_id) if message_id else None

    async def update_card(self, posted: Posted, card: Card) -> None:
        """Put a newer card in the place of a posted one; of several that wait only the newest is sent."""
        conversation = posted.thread or posted.channel
        activity = card_message(self._drawn(card), card.summary)
        await self._delivery.send(
            conversation,
            lambda: self._connector.update(self._url, conversation, posted.message, activity),
            replaces=f"card {posted.message}",
            repeatable=True,
        )

    # People's own chats

    async def send_direct(self, person: Person, draw: Draw, *, marker: str, about: str) -> Posted | None:
        """Send a card to somebody's own chat with the bot, drawn when its turn has come."""
        self._rush.note()

        async def drawn() -> Json | None:
            card = await draw()
            return card_message(self._drawn(card, marker), card.summary) if card is not None else None

        return await self._direct.call(person, drawn, about)

    async def find_direct(self, person: Person, marker: str) -> Posted | None:
        """The card with this marker in somebody's chat; None as well when Teams will not list the chat."""
        user_id = person.user_id or ""
        chat = await self._direct.known(user_id)
        if chat is None:
            return None
        try:
            messages = await self._graph.chat_messages(self._tenant.tenant_id, user_id, self._app_id)
        except PlatformRefused:
            return None
        message_id = found_among(messages, self._app_id, marker, None)
        return Posted(chat, message_id) if message_id else None

    # Texts

    async def post_text(self, channel: str, text: str, *, marker: str) -> Posted:
        """Post plain text."""
        return await self._post_text(channel, {"type": "message", "text": text, "textFormat": "plain"}, text, marker)

    async def invite(self, channel: str, people: Sequence[Person], text: str, *, marker: str) -> Posted:
        """Mention people: in a standard channel that is what brings members of the team in."""
        await self._rush.over()
        names: list[str] = []
        mentions: list[Json] = []
        for person in people:
            name = _NOT_IN_NAMES.sub(" ", person.name).strip()
            known = await self._roster.find(self._tenant, channel, person.user_id or "")
            if known is None:
                names.append(name)
                continue
            tag = f"<at>{name}</at>"
            mentions.append({"type": "mention", "text": tag, "mentioned": {"id": known.teams_id, "name": name}})
            names.append(tag)
        # Mentions are read in Markdown only: what people typed is escaped, so that it does nothing there.
        harmless = escape_markdown(text).replace("<", "<\u200b")
        written = harmless.replace("{people}", ", ".join(names))
        activity: Json = {"type": "message", "text": written, "entities": mentions}
        return await self._post_text(channel, activity, written, marker)

    async def send_privately(self, person: Person, channel: str, content: str | Card | Form) -> None:
        """Notify one person: in the channel where only they see it, else in their chat with the bot."""
        activity = self._message(content)
        if channel.startswith("19:"):
            try:
                await self._post_in_channel(person, channel, activity)
                return
            except PlatformRefused:
                # Archived, left, or a channel where that cannot be done: the person's own chat remains.
                channel = ""
        if not channel:
            await self._direct.notify(person, activity)
            return
        await self._delivery.send(
            channel, lambda: self._connector.send(self._url, channel, activity), urgency=Urgency.SOON
        )

    async def _post_in_channel(self, person: Person, channel: str, activity: Json) -> None:
        known = await self._roster.find(self._tenant, channel, person.user_id or "")
        if known is None:
            raise PlatformRefused("the person is not in this conversation")
        recipient = {"id": known.teams_id, "name": known.name, "isTargeted": True}
        targeted = {**activity, "recipient": recipient}
        await self._delivery.send(
            f"{channel} to {known.teams_id}",
            lambda: self._connector.send(self._url, channel, targeted, targeted=True),
            urgency=Urgency.SOON,
        )

    # Within

    def _message(self, content: str | Card | Form) -> Json:
        if isinstance(content, Card):
            return card_message(self._drawn(content), content.summary)
        if isinstance(content, Form):
            return card_message(draw_form(content, in_dialog=False), content.title)
        return {"type": "message", "text": content, "textFormat": "plain"}

    def _drawn(self, card: Card, marker: str = "") -> Json:
        return draw_card(card, TeamPlace(self._tenant.tenant_id, self._tenant.group_id), marker)

    async def _post_text(self, channel: str, activity: Json, text: str, marker: str) -> Posted:
        # A text cannot carry its marker, so it is remembered what to look for.
        await self._texts.begin(marker, channel, text, self._clock.now())
        posted = await self._post(channel, activity, marker)
        await self._texts.done(marker, posted.message)
        return posted

    async def _post(self, channel: str, activity: Json, marker: str, urgency: Urgency = Urgency.ORDINARY) -> Posted:
        _, thread = split_reference(channel)
        if thread is not None:
            message_id = await self._delivery.send(
                channel, lambda: self._connector.send(self._url, channel, activity), urgency=urgency
            )
        else:
            # Each new message of a channel is a thread of its own, and Teams' limits count by thread.
            message_id = await self._delivery.send(
                f"{channel} {marker}",
                lambda: self._connector.open_thread(self._url, self._tenant.tenant_id, channel, activity),
                urgency=urgency,
            )
        return _posted(channel, message_id)

    async def _group(self, channel: str) -> str:
        return await self._group_of(channel) or self._tenant.group_id


def _posted(channel: str, message_id: str) -> Posted:
    where, thread = split_reference(channel)
    return Posted(channel, message_id, thread_reference(where, thread or message_id))
