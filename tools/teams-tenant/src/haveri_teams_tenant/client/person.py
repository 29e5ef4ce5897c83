"""Somebody of a tenant, doing what people do."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel

from haveri_teams_tenant.client.connection import Connection
from haveri_teams_tenant.client.models import Attachment, Dialog, Json, Mail, Message, Outcome, Place

T = TypeVar("T", bound=BaseModel)


def place_name(place: Place | str) -> str:
    """A place by its record, its id or its name."""
    return place.id if isinstance(place, Place) else place


def message_id(message: Message | str) -> str:
    """A message by its record or its id."""
    return message.id if isinstance(message, Message) else message


class Actor:
    """Acts as one person; `name` is a name, an e-mail address or an aadObjectId."""

    def __init__(self, connection: Connection, tenant_id: str, name: str) -> None:
        self._connection = connection
        self._base = f"/tenants/{tenant_id}"
        self.name = name

    async def say(
        self,
        place: Place | str,
        text: str = "",
        *,
        files: tuple[Attachment, ...] = (),
        plain: bool = False,
        reply_to: Message | str | None = None,
    ) -> Message:
        """Write a message. `/command …` goes out as a slash command, as on the page, unless `plain`."""
        body: Json = {
            "as_user": self.name,
            "place": place_name(place),
            "text": text,
            "slash": "never" if plain else "auto",
            "files": [_upload(file) for file in files],
        }
        if reply_to is not None:
            body["root_id"] = reply_to.root_id if isinstance(reply_to, Message) else reply_to
        return Message.model_validate(await self._connection.call("POST", f"{self._base}/messages", body))

    async def command(self, place: Place | str, text: str) -> Message:
        """Run a slash command exactly as the page does."""
        return await self.say(place, text)

    async def reply(self, message: Message, text: str) -> Message:
        """Write in the thread of a message."""
        return await self.say(message.place_id, text, reply_to=message)

    async def edit(self, message: Message | str, text: str) -> Message:
        """Edit one's own message."""
        return await self._act(Message, "PATCH", message, "", text=text)

    async def delete(self, message: Message | str) -> Message:
        """Delete one's own message."""
        path = f"{self._base}/messages/{message_id(message)}"
        return Message.model_validate(await self._connection.call("DELETE", path, as_user=self.name))

    async def undelete(self, message: Message | str) -> Message:
        """Undo a deletion."""
        return await self._act(Message, "POST", message, "/undelete")

    async def react(self, message: Message | str, reaction: str = "like") -> Message:
        """React; the same reaction again takes it back."""
        return await self._act(Message, "POST", message, "/react", reaction=reaction)

    async def _act(self, gives: type[T], method: str, message: Message | str, what: str, **body: object) -> T:
        path = f"{self._base}/messages/{message_id(message)}{what}"
        return gives.model_validate(await self._connection.call(method, path, {"as_user": self.name, **body}))

    async def press(
        self, message: Message | str, action: str, inputs: Mapping[str, str] | None = None, *, seen: int | None = None
    ) -> Outcome:
        """Press a button by title, verb or id; `seen` presses it on the card's earlier version of that number."""
        inputs = dict(inputs or {})
        return await self._act(Outcome, "POST", message, "/press", action=action, inputs=inputs, seen=seen)

    async def refresh(self, message: Message | str) -> Outcome:
        """Let a card refresh itself for this person."""
        return await self._act(Outcome, "POST", message, "/refresh")

    async def message_action(self, message: Message | str, command_id: str = "declareFromMessage") -> Outcome:
        """Run a message extension from a message's menu."""
        return await self._act(Outcome, "POST", message, f"/actions/{command_id}")

    async def open_form(self, message: Message | str, action: str) -> Dialog:
        """Press a button that opens a form. Raises AssertionError when it opened none."""
        outcome = await self.press(message, action)
        if outcome.dialog is None:
            raise AssertionError(f"{action!r} opened no form but gave {outcome.kind}: {outcome.text}")
        return outcome.dialog

    async def submit_form(self, dialog: Dialog | str, inputs: Mapping[str, str], action: str = "") -> Outcome:
        """Send an open form. Raises TenantRefused with `problems` when the inputs may not be sent."""
        form_id = dialog.id if isinstance(dialog, Dialog) else dialog
        body = {"as_user": self.name, "inputs": dict(inputs), "action": action}
        return Outcome.model_validate(
            await self._connection.call("POST", f"{self._base}/dialogs/{form_id}/submit", body)
        )

    async def close_form(self, dialog: Dialog | str) -> None:
        """Close a form without sending it."""
        form_id = dialog.id if isinstance(dialog, Dialog) else dialog
        await self._connection.call("DELETE", f"{self._base}/dialogs/{form_id}", as_user=self.name)

    async def chat_with(self, app_id: str) -> Place:
        """The personal chat with an app."""
        body = {"as_user": self.name, "app_id": app_id}
        return Place.model_validate(await self._connection.call("POST", f"{self._base}/chats", body))

    async def messages(self, place: Place | str) -> list[Message]:
        """What this person sees in a place, oldest first."""
        path = f"{self._base}/messages"
        found = await self._connection.call("GET", path, place=place_name(place), as_user=self.name)
        return [Message.model_validate(body) for body in found]

    async def mails(self) -> list[Mail]:
        """What is in this person's mailbox, oldest first."""
        found = await self._connection.call("GET", f"{self._base}/mails", as_user=self.name)
        return [Mail.model_validate(body) for body in found]


def _upload(file: Attachment) -> Json:
    return {
        "name": file.name,
        "content_type": file.content_type,
        "content_base64": base64.b64encode(file.content).decode(),
        "inline": file.inline,
    }
