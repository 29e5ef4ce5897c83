"""What people do with messages: write, reply, edit, delete, react."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from haveri_teams_tenant.clock import Clock, Ids
from haveri_teams_tenant.people.refusals import NotAllowed, NotThere, Refused
from haveri_teams_tenant.people.words import Words, find_mentions
from haveri_teams_tenant.push.publisher import Publisher
from haveri_teams_tenant.state.feed import Feed
from haveri_teams_tenant.state.records import (
    Author,
    Channel,
    Chat,
    File,
    Mention,
    Message,
    Place,
    User,
)
from haveri_teams_tenant.state.world import World

LONGEST = 28_000
Slash = Literal["auto", "never"]


class Messaging:
    """The messages of people, judged, kept and told to the bots that may read them."""

    def __init__(self, world: World, publisher: Publisher, feed: Feed, clock: Clock, ids: Ids) -> None:
        self._world = world
        self._publisher = publisher
        self._feed = feed
        self._clock = clock
        self._ids = ids

    def place_for(self, user: User, place_id: str) -> Place:
        """The place, when this person may see it."""
        place = self._world.place(place_id)
        deleted = isinstance(place, Channel) and place.deleted_at is not None
        if place is None or deleted or not self._world.is_member(user, place):
            raise NotThere("This conversation does not exist, or you are not in it.")
        return place

    def message_for(self, user: User, place: Place, message_id: str) -> Message:
        """A message of the place, when this person can see it."""
        message = self._world.messages.get((place.tenant_id, message_id))
        if message is None or message.place_id != place.id or not message.visible_to(user.id, self._clock.now()):
            raise NotThere("There is no such message here.")
        return message

    def open_chat(self, user: User, app_id: str) -> Chat:
        """The person's personal chat with an app, opened when it is the first time."""
        if self._world.installed(user.tenant_id, app_id) is None:
            raise NotThere("This app is not installed here.")
        if chat := self._world.chat_between(user, app_id):
            return chat
        chat = Chat(
            tenant_id=user.tenant_id, id=f"a:1{self._ids.hex()}{self._ids.hex()[:8]}", app_id=app_id, user_id=user.id
        )
        self._world.put(chat)
        self._feed.append("chat.opened", user.tenant_id, place_id=chat.id, only_for=user.id)
        return chat

    def say(
        self,
        user: User,
        place: Place,
        text: str,
        *,
        root_id: str = "",
        files: Sequence[File] = (),
        slash: Slash = "auto",
    ) -> Message:
        """Write a message, or a slash command when the text starts with one of the app's."""
        text = text.strip()
        self._judge_writing(place, text, files)
        if root_id and isinstance(place, Channel):
            opener = self.message_for(user, place, root_id)
            if not opener.is_root or opener.targeted_to:
                raise Refused("Replies go to the message that opened the thread.")
        is_command = slash == "auto" and not files and self._is_command(place, text)
        message = self._new(user, place, text, root_id, files, is_command=is_command)
        self._publisher.said(user, place, message, *files)
        self._feed.append_message("message.created", message)
        return message

    def _new(
        self, user: User, place: Place, text: str, root_id: str, files: Sequence[File], *, is_command: bool
    ) -> Message:
        words = self._words(place, text)
        return self._world.new_message(
            place,
            root_id,
            Author(kind="user", id=user.id, name=user.name),
            text=text,
            parts=words.parts,
            mentions=words.mentions,
            file_ids=[file.id for file in files],
            targeted_to=user.id if is_command and isinstance(place, Channel) else None,
            slash_command=is_command,
        )

    def _judge_writing(self, place: Place, text: str, files: Sequence[File]) -> None:
        if isinstance(place, Channel) and place.archived:
            raise NotAllowed("This channel is archived; nobody can write in it.")
        if not text and not files:
            raise Refused("The message is empty.")
        if len(text.encode()) > LONGEST:
            raise Refused(f"The message is too long: {len(text.encode())} bytes, {LONGEST} fit.")

    def _words(self, place: Place, text: str) -> Words:
        bots = [Mention(id=app.bot_id, name=app.name) for app, _ in self._world.installations_in(place)]
        people = [Mention(id=user.teams_id, name=user.name) for user in self._world.roster(place)]
        return find_mentions(text, [*bots, *people])

    def _is_command(self, place: Place, text: str) -> bool:
        first = text[1:].split(maxsplit=1)[0].casefold() if text.startswith("/") and text[1:].strip() else ""
        return any(
            first == command.title.casefold()
            for _, installation in self._world.installations_in(place)
            for command in installation.commands
        )

    def edit(self, user: User, place: Place, message: Message, text: str) -> Message:
        """Change one's own message; what it said before stays in its versions."""
        self._judge_own(user, message)
        text = text.strip()
        self._judge_writing(place, text, [self._world.files[file_id] for file_id in message.file_ids])
        if text == message.text:
            return message
        words = self._words(place, text)
        message.remember(self._clock.now())
        message.text, message.parts, message.mentions = text, words.parts, words.mentions
        self._publisher.edited(user, place, message, "editMessage")
        self._feed.append_message("message.edited", message)
        return message

    def delete(self, user: User, place: Place, message: Message) -> Message:
        """Take one's own message back; it can be undone."""
        self._judge_own(user, message)
        message.deleted_at = self._clock.now()
        message.touch(message.deleted_at)
        self._publisher.deleted(user, place, message)
        self._feed.append_message("message.deleted", message)
        return message

    def undelete(self, user: User, place: Place, message: Message) -> Message:
        """Undo a deletion."""
        if message.author.id != user.id or message.deleted_at is None:
            raise NotAllowed("Only your own deleted messages can be brought back.")
        message.deleted_at = None
        message.touch(self._clock.now())
        self._publisher.edited(user, place, message, "undeleteMessage")
        self._feed.append_message("message.undeleted", message)
        return message

    def react(self, user: User, place: Place, message: Message, reaction: str) -> Message:
        """Add a reaction, or take one's own back."""
        if message.targeted_to or message.deleted_at:
            raise NotAllowed("This message takes no reactions.")
        people = message.reactions.setdefault(reaction, [])
        added = user.id not in people
        if added:
            people.append(user.id)
        else:
            people.remove(user.id)
        message.reactions = {name: ids for name, ids in message.reactions.items() if ids}
        message.revision += 1
        self._publisher.reacted(user, place, message, reaction, added=added)
        self._feed.append_message("message.reacted", message)
        return message

    def _judge_own(self, user: User, message: Message) -> None:
        if message.author.kind != "user" or message.author.id != user.id:
            raise NotAllowed("Only your own messages can be changed.")
        if message.deleted_at:
            raise NotThere("This message was deleted.")
