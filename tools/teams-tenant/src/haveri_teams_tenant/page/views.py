"""What the templates show: messages, threads and the rail, prepared for one person."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from haveri_teams_tenant.cards.markdown import blocks
from haveri_teams_tenant.cards.render import Look, render_card
from haveri_teams_tenant.graph.shapes import REACTIONS
from haveri_teams_tenant.house import House
from haveri_teams_tenant.people.words import page_html
from haveri_teams_tenant.state.records import MAIL, Channel, Chat, Dialog, File, Message, MessageAction, Place, User

MOST_UNREAD = 99
THREADS_SHOWN = 60
_AT = re.compile(r"&lt;at&gt;(.*?)&lt;/at&gt;")


@dataclass(frozen=True)
class Reaction:
    """A reaction under a message."""

    name: str
    known: bool
    count: int
    mine: bool


@dataclass(frozen=True)
class MessageView:
    """A message as one person sees it."""

    message: Message
    seen: int | None
    mine: bool
    text: Markup
    card: Markup | None
    refreshes: bool
    files: Sequence[File]
    reactions: Sequence[Reaction]
    actions: Sequence[MessageAction]


@dataclass(frozen=True)
class ThreadView:
    """A thread: its opener and the replies."""

    root_id: str
    opener: MessageView
    replies: Sequence[MessageView]
    can_reply: bool


@dataclass(frozen=True)
class RailItem:
    """A place to go to."""

    id: str
    name: str
    unread: int
    archived: bool = False


@dataclass(frozen=True)
class RailTeam:
    """A team with the channels that one person sees."""

    name: str
    channels: Sequence[RailItem]
    archived: Sequence[RailItem]


class Views:
    """Prepares what one person may see."""

    def __init__(self, house: House, user: User) -> None:
        self._house = house
        self._world = house.world
        self._user = user
        self._now = house.clock.now()

    def visible(self, place: Place) -> list[Message]:
        """The messages this person sees; their own deleted ones stay, to be brought back."""
        return [m for m in self._world.messages_of_place[place.id] if self._shown(m)]

    def _shown(self, message: Message) -> bool:
        mine = message.author.id == self._user.id
        return message.visible_to(self._user.id, self._now) and (message.deleted_at is None or mine)

    def threads(self, place: Place, limit: int = THREADS_SHOWN) -> tuple[list[ThreadView], bool]:
        """The latest threads, oldest first, and whether there are earlier ones."""
        by_root: dict[str, list[Message]] = {}
        for message in self.visible(place):
            by_root.setdefault(message.root_id, []).append(message)
        roots = sorted(by_root, key=int)
        shown = [thread for root in roots[-limit:] if (thread := self._thread(place, root, by_root[root]))]
        return shown, len(roots) > limit

    def thread(self, place: Place, root_id: str) -> ThreadView | None:
        """One thread, when this person sees anything of it."""
        messages = [m for m in self._world.thread(place.tenant_id, place.id, root_id) if self._shown(m)]
        return self._thread(place, root_id, messages) if messages else None

    def _thread(self, place: Place, root_id: str, messages: list[Message]) -> ThreadView | None:
        opener = self._world.messages.get((place.tenant_id, root_id))
        if opener is None or not opener.visible_to(self._user.id, self._now):
            return None
        archived = isinstance(place, Channel) and place.archived
        return ThreadView(
            root_id=root_id,
            opener=self.message(place, opener),
            replies=[self.message(place, message) for message in messages if not message.is_root],
            can_reply=isinstance(place, Channel) and not archived and not opener.targeted_to,
        )

    def message(self, place: Place, message: Message) -> MessageView:
        """A message with its words, card, files and reactions made ready."""
        deleted = message.deleted_at is not None
        card = None if deleted else message.card_for(self._user.id)
        refresh_ids = ((card or {}).get("refresh") or {}).get("userIds", [])
        return MessageView(
            message=message,
            # A card of one's own is none of the versions that everybody saw.
            seen=None if self._user.id in message.user_cards else len(message.versions),
            mine=message.author.id == self._user.id,
            text=self._words(message),
            card=render_card(card, self._look(place, f"m{message.id}")) if card else None,
            refreshes=self._user.teams_id in refresh_ids and self._user.id not in message.user_cards,
            files=[] if deleted else [self._world.files[file_id] for file_id in message.file_ids],
            reactions=self._reactions(message),
            actions=self._actions(place, message),
        )

    def _look(self, place: Place, scope: str) -> Look:
        people = [(user.id, user.name) for user in self._world.roster(place)]
        archived = isinstance(place, Channel) and place.archived
        return Look(scope=scope, people=people, live=not archived)

    def dialog_card(self, dialog: Dialog) -> Markup:
        """The inside of a form."""
        place = self._world.place(dialog.place_id)
        return render_card(dialog.card, self._look(place, f"d{dialog.id}")) if place else Markup("")

    def _words(self, message: Message) -> Markup:
        if message.author.kind == "user":
            return page_html(message.parts, self._user.teams_id, message.mentions)
        if message.text_format == "plain":
            return Markup('<p class="plain-text">{}</p>').format(message.text)
        marked = _AT.sub(r'<span class="mention">\1</span>', str(blocks(message.text)))
        return Markup(marked)  # noqa: S704 - blocks escaped the bot's text; the span alone was added

    def _reactions(self, message: Message) -> list[Reaction]:
        return [
            Reaction(name, name in REACTIONS, len(people), self._user.id in people)
            for name, people in message.reactions.items()
        ]

    def _actions(self, place: Place, message: Message) -> list[MessageAction]:
        if message.author.kind == "bot" or message.deleted_at or message.targeted_to:
            return []
        installed = self._world.installations_in(place)
        return [action for _, installation in installed for action in installation.message_actions]

    def rail(self) -> dict[str, Any]:
        """What stands beside every page: the tenant, its teams, the chats with apps and the mailbox."""
        return {
            "tenant": self._world.tenants[self._user.tenant_id],
            "rail": self.teams(),
            "chats": self.chats(),
            "mail": RailItem(MAIL, "Mail", self._house.mailboxes.unread(self._user)),
        }

    def teams(self) -> list[RailTeam]:
        """The person's teams: General first, then by name, numbers in their order; archived channels apart."""
        teams = []
        for team in self._world.teams_of(self._user.tenant_id):
            mine = [
                channel
                for channel in self._world.live_channels(team.tenant_id, team.id)
                if self._world.is_member(self._user, channel)
            ]
            mine.sort(key=lambda channel: (channel.id != team.thread_id, _natural(channel.name)))
            items = [RailItem(c.id, c.name, self._unread(c), c.archived) for c in mine]
            if items:
                live, archived = [i for i in items if not i.archived], [i for i in items if i.archived]
                teams.append(RailTeam(team.name, live, archived))
        return teams

    def chats(self) -> list[RailItem]:
        """The apps that can be talked to in private; those never opened come under their app's address."""
        items = []
        for (tenant_id, app_id), installation in self._world.installations.items():
            if tenant_id != self._user.tenant_id or installation.removed:
                continue
            app, chat = self._world.apps[app_id], self._world.chat_between(self._user, app_id)
            unread = self._unread(chat) if chat else 0
            items.append(RailItem(chat.id if chat else f"app:{app_id}", app.name, unread))
        return items

    def _unread(self, place: Place) -> int:
        mark = int(self._world.reads.get((place.tenant_id, self._user.id, place.id), "0"))
        count = 0
        for message in reversed(self._world.messages_of_place[place.id]):
            if int(message.id) <= mark or count == MOST_UNREAD:
                break
            foreign = message.author.id != self._user.id and message.deleted_at is None
            count += foreign and message.visible_to(self._user.id, self._now)
        return count

    def title(self, place: Place) -> str:
        """What stands over a place."""
        return self._world.apps[place.app_id].name if isinstance(place, Chat) else place.name

    def subtitle(self, place: Place) -> str:
        """What stands under the title."""
        if isinstance(place, Chat):
            return "Only you and the app can see this chat"
        count = len(self._world.roster(place))
        return f"{self._world.team_of(place).name} · {count} {'person' if count == 1 else 'people'}"


def _natural(name: str) -> list[tuple[int, int, str]]:
    parts = re.split(r"(\d+)", name.casefold())
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts if part]
