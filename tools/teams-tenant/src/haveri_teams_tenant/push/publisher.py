"""Which bots learn of what: mention-only and read-all teams, personal chats, the bot's own messages."""

from __future__ import annotations

from collections.abc import Callable

from haveri_teams_tenant.push.activities import ActivityWriter
from haveri_teams_tenant.push.outbox import Outbox
from haveri_teams_tenant.state.records import (
    App,
    Channel,
    Chat,
    Delivery,
    Installation,
    Json,
    Message,
    Place,
    Record,
    User,
)
from haveri_teams_tenant.state.world import World


class Publisher:
    """Keeps a change and the activities that tell of it in one transaction, then sends the activities."""

    def __init__(self, world: World, outbox: Outbox, writer: ActivityWriter) -> None:
        self._world = world
        self._outbox = outbox
        self.writer = writer

    def _commit(self, records: list[Record], apps: list[App], place: Place, *writes: Callable[[App], Json]) -> None:
        deliveries: list[Delivery] = []
        with self._world.store.transaction():
            self._world.put(*records)
            for app in apps:
                for write in writes:
                    deliveries.append(self._outbox.write(place.tenant_id, app.id, place.id, write(app)))
        for delivery in deliveries:
            self._outbox.dispatch(delivery)

    def _readers(self, place: Place, message: Message) -> list[App]:
        """The apps that may read this message of a person."""
        return [
            app
            for app, installation in self._world.installations_in(place)
            if _reads(app, installation, place, message)
        ]

    def said(self, user: User, place: Place, message: Message, *extra: Record) -> None:
        """A person wrote."""
        apps = self._readers(place, message)
        self._commit([message, *extra], apps, place, lambda app: self.writer.message(app, user, place, message))

    def edited(self, user: User, place: Place, message: Message, event: str) -> None:
        """A person changed or brought back a message of theirs."""
        apps = self._readers(place, message)
        self._commit([message], apps, place, lambda app: self.writer.edited(app, user, place, message, event))

    def deleted(self, user: User, place: Place, message: Message) -> None:
        """A person took a message back."""
        apps = self._readers(place, message)
        self._commit([message], apps, place, lambda app: self.writer.deleted(app, user, place, message))

    def reacted(self, user: User, place: Place, message: Message, reaction: str, *, added: bool) -> None:
        """A person reacted; a bot learns it of its own messages only."""
        mine = [app for app, _ in self._world.installations_in(place) if _wrote(app, message)]
        self._commit(
            [message], mine, place, lambda app: self.writer.reacted(app, user, place, message, reaction, added=added)
        )

    def submitted(self, app: App, user: User, place: Place, message: Message, value: Json) -> None:
        """A person pressed an Action.Submit."""
        message_id = self._world.next_message_id()
        self._commit([], [app], place, lambda app: self.writer.submitted(app, user, place, message, message_id, value))

    def installed(self, app: App, user: User, general: Channel) -> None:
        """The app came into a team."""
        self._commit(
            [],
            [app],
            general,
            lambda app: self.writer.installed(app, user, general),
            lambda app: self.writer.bot_added(app, user, general),
        )

    def removed(self, app: App, user: User, general: Channel) -> None:
        """The app was taken out of a team."""
        self._commit([], [app], general, lambda app: self.writer.removed(app, user, general))

    def members_changed(self, by: User, general: Channel, people: list[User], *, added: bool) -> None:
        """People joined or left a team."""
        apps = [app for app, _ in self._world.installations_in(general)]
        self._commit([], apps, general, lambda app: self.writer.members_changed(app, by, general, people, added=added))

    def channel_changed(self, by: User, channel: Channel, event: str) -> None:
        """A channel was created, renamed, deleted or restored."""
        general = self._world.channels[self._world.team_of(channel).thread_id]
        apps = [app for app, _ in self._world.installations_in(general)]
        self._commit([channel], apps, general, lambda app: self.writer.channel_event(app, by, channel, general, event))


def _wrote(app: App, message: Message) -> bool:
    return message.author.kind == "bot" and message.author.id == app.id


def _reads(app: App, installation: Installation, place: Place, message: Message) -> bool:
    """Everything in a personal chat and in a read-all team; elsewhere only what is addressed to the bot."""
    if isinstance(place, Chat):
        return place.app_id == app.id
    if message.targeted_to:
        return True
    if any(mention.id == app.bot_id for mention in message.mentions):
        return True
    return installation.teams.get(place.team_id) == "read-all" and place.membership == "standard"
