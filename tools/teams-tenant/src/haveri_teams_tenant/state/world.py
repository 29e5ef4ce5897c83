"""Everything the tenant knows, in memory for speed, with every change written to the store first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from haveri_teams_tenant.clock import Clock
from haveri_teams_tenant.state.records import (
    App,
    Author,
    Channel,
    Chat,
    Dialog,
    File,
    Installation,
    Mail,
    Message,
    Place,
    ReadMark,
    Record,
    Team,
    Tenant,
    User,
)
from haveri_teams_tenant.state.store import Store

NAME_HELD = timedelta(days=30)


class World:
    """Look-ups over the records. Change a record, then `put` it: the row is on disk when `put` returns."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self._clock = clock
        self.tenants: dict[str, Tenant] = {}
        self.users: dict[tuple[str, str], User] = {}
        self.users_by_teams_id: dict[str, User] = {}
        self.teams: dict[tuple[str, str], Team] = {}
        self.teams_by_thread: dict[str, Team] = {}
        self.channels: dict[str, Channel] = {}
        self.channels_of_team: dict[tuple[str, str], list[Channel]] = defaultdict(list)
        self.chats: dict[str, Chat] = {}
        self.apps: dict[str, App] = {}
        self.installations: dict[tuple[str, str], Installation] = {}
        self.messages: dict[tuple[str, str], Message] = {}
        self.messages_of_place: dict[str, list[Message]] = defaultdict(list)
        self.files: dict[str, File] = {}
        self.dialogs: dict[str, Dialog] = {}
        self.mails_of: dict[tuple[str, str], list[Mail]] = defaultdict(list)
        self.reads: dict[tuple[str, str, str], str] = {}
        self._last_message_id = 0
        self._by_id: dict[type[Record], dict[str, Any]] = {
            Tenant: self.tenants,
            App: self.apps,
            Channel: self.channels,
            Chat: self.chats,
            File: self.files,
            Dialog: self.dialogs,
        }
        kept: list[type[Record]] = [*self._by_id, User, Team, Installation, Message, Mail, ReadMark]
        for model in kept:
            for record in store.load(model):
                self._index(record)

    def put(self, *records: Record) -> None:
        """Write new or changed records in one transaction and make them findable."""
        self.store.save(records)
        for record in records:
            self._index(record)

    def _index(self, record: Record) -> None:
        match record:
            case User():
                self.users[record.tenant_id, record.id] = record
                self.users_by_teams_id[record.teams_id] = record
            case Team():
                self.teams[record.tenant_id, record.id] = record
                self.teams_by_thread[record.thread_id] = record
            case Installation():
                self.installations[record.tenant_id, record.app_id] = record
            case ReadMark():
                self.reads[record.tenant_id, record.user_id, record.place_id] = record.message_id
            case Mail():
                # Mails never change: each is indexed once.
                self.mails_of[record.tenant_id, record.user_id].append(record)
                self._last_message_id = max(self._last_message_id, int(record.id))
            case Message():
                where = (record.tenant_id, record.id)
                if where not in self.messages:
                    self.messages_of_place[record.place_id].append(record)
                    self._last_message_id = max(self._last_message_id, int(record.id))
                self.messages[where] = record
            case _:
                if isinstance(record, Channel) and record.id not in self.channels:
                    self.channels_of_team[record.tenant_id, record.team_id].append(record)
                self._by_id[type(record)][record.key] = record

    def forget_dialog(self, dialog: Dialog) -> None:
        """The form was sent or closed."""
        self.store.delete(dialog)
        self.dialogs.pop(dialog.id, None)

    def next_message_id(self) -> str:
        """A message id as Teams makes them: the time in milliseconds, always growing."""
        now = int(self._clock.now().timestamp() * 1000)
        self._last_message_id = max(now, self._last_message_id + 1)
        return str(self._last_message_id)

    def new_message(self, place: Place, root_id: str, author: Author, **says: Any) -> Message:
        """A message that is written now, not yet put; in a channel one without a root opens a thread."""
        id, now = self.next_message_id(), self._clock.now()
        return Message(
            tenant_id=place.tenant_id,
            id=id,
            place_id=place.id,
            root_id=(root_id or id) if isinstance(place, Channel) else id,
            author=author,
            created_at=now,
            changed_at=now,
            **says,
        )

    def place(self, place_id: str) -> Place | None:
        """The channel or personal chat of this id."""
        return self.channels.get(place_id) or self.chats.get(place_id)

    def team_of(self, channel: Channel) -> Team:
        """The team that owns the channel."""
        return self.teams[channel.tenant_id, channel.team_id]

    def users_of(self, tenant_id: str) -> list[User]:
        """The people of a tenant by name."""
        people = [user for (tenant, _), user in self.users.items() if tenant == tenant_id]
        return sorted(people, key=lambda user: user.name.casefold())

    def teams_of(self, tenant_id: str) -> list[Team]:
        """The teams of a tenant by name."""
        teams = [team for (tenant, _), team in self.teams.items() if tenant == tenant_id]
        return sorted(teams, key=lambda team: team.name.casefold())

    def live_channels(self, tenant_id: str, team_id: str) -> list[Channel]:
        """A team's channels that were not deleted, oldest first."""
        return [channel for channel in self.channels_of_team[tenant_id, team_id] if channel.deleted_at is None]

    def held_channels(self, tenant_id: str, team_id: str) -> list[Channel]:
        """The channels that hold a name and count under the cap: live ones and those deleted within 30 days."""
        limit = self._clock.now() - NAME_HELD
        return [
            channel
            for channel in self.channels_of_team[tenant_id, team_id]
            if channel.deleted_at is None or channel.deleted_at > limit
        ]

    def roster(self, place: Place) -> list[User]:
        """Who is in a channel or chat."""
        if isinstance(place, Chat):
            ids: Iterable[str] = [place.user_id]
        else:
            ids = place.members if place.membership == "private" else self.team_of(place).members
        return [self.users[place.tenant_id, user_id] for user_id in ids if (place.tenant_id, user_id) in self.users]

    def is_member(self, user: User, place: Place) -> bool:
        """Whether the person may see the place."""
        if user.tenant_id != place.tenant_id:
            return False
        if isinstance(place, Chat):
            return place.user_id == user.id
        if place.membership == "private":
            return user.id in place.members
        return user.id in self.team_of(place).members

    def installed(self, tenant_id: str, app_id: str) -> Installation | None:
        """The app's installation in a tenant, unless it was removed."""
        installation = self.installations.get((tenant_id, app_id))
        return None if installation is None or installation.removed else installation

    def installation_in(self, place: Place, app_id: str) -> Installation | None:
        """The app's installation when it can be reached in this place."""
        installation = self.installed(place.tenant_id, app_id)
        if installation is None or (isinstance(place, Channel) and place.team_id not in installation.teams):
            return None
        if isinstance(place, Chat) and place.app_id != app_id:
            return None
        return installation

    def installations_in(self, place: Place) -> list[tuple[App, Installation]]:
        """The apps that live in this place."""
        found = []
        for (tenant_id, app_id), installation in self.installations.items():
            if tenant_id == place.tenant_id and self.installation_in(place, app_id):
                found.append((self.apps[app_id], installation))
        return found

    def chat_between(self, user: User, app_id: str) -> Chat | None:
        """The personal chat of a person with an app, when it was ever opened."""
        for chat in self.chats.values():
            if (chat.tenant_id, chat.user_id, chat.app_id) == (user.tenant_id, user.id, app_id):
                return chat
        return None

    def find_user(self, tenant_id: str, name: str) -> User | None:
        """A person by aadObjectId, `29:` id, e-mail address or full name."""
        if user := self.users.get((tenant_id, name.lower())):
            return user
        by_teams_id = self.users_by_teams_id.get(name)
        if by_teams_id and by_teams_id.tenant_id == tenant_id:
            return by_teams_id
        wanted = name.casefold()
        return next((u for u in self.users_of(tenant_id) if wanted in (u.email.casefold(), u.name.casefold())), None)

    def thread(self, tenant_id: str, place_id: str, root_id: str) -> list[Message]:
        """A thread's messages, the opener first."""
        everything = self.messages_of_place[place_id]
        return [message for message in everything if message.root_id == root_id and message.tenant_id == tenant_id]
