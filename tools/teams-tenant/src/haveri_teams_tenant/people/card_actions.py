"""What people do with cards and forms: press, refresh, open, send, close."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from haveri_teams_tenant.cards.actions import FoundAction, find_action
from haveri_teams_tenant.cards.inputs import gather
from haveri_teams_tenant.clock import Ids, stamp
from haveri_teams_tenant.people import outcomes
from haveri_teams_tenant.people.outcomes import Form, Outcome
from haveri_teams_tenant.people.refusals import NotAllowed, NotThere, Refused
from haveri_teams_tenant.people.words import graph_html
from haveri_teams_tenant.push.invokes import Invoker
from haveri_teams_tenant.push.publisher import Publisher
from haveri_teams_tenant.push.sender import BotAnswer
from haveri_teams_tenant.state.feed import Feed
from haveri_teams_tenant.state.records import App, Dialog, Json, Message, Place, User
from haveri_teams_tenant.state.world import World

CONTEXT = {"theme": "default"}


class CardActions:
    """Turns presses into invokes and applies the bot's answers."""

    def __init__(self, world: World, publisher: Publisher, invoker: Invoker, feed: Feed, ids: Ids) -> None:
        self._world = world
        self._publisher = publisher
        self._invoker = invoker
        self._feed = feed
        self._ids = ids

    async def press(
        self,
        user: User,
        place: Place,
        message: Message,
        wanted: str,
        given: Mapping[str, str],
        seen: int | None = None,
        *,
        lenient: bool = False,
    ) -> Outcome:
        """Press an action, found by path, verb, id or title. `seen` picks an earlier version of the card, from 0.

        `lenient` drops inputs out of the action's reach, as a web form sends all there are.
        Raises Refused when the person cannot press it, BadInputs when what they filled in may not be sent.
        """
        app = self._author(place, message)
        found = find_action(self._card(user, message, seen), wanted)
        if found is None:
            raise NotThere(f"The card has no action {wanted!r}.")
        action, kind = found.action, found.action["type"]
        if kind not in ("Action.Execute", "Action.Submit"):
            raise Refused(f"{found.title or kind} does not send anything to the app.")
        alone = str(action.get("associatedInputs", "auto")).lower() == "none"
        inputs = {} if alone else gather(found.inputs, _in_reach(found, given) if lenient else given)
        if kind == "Action.Execute":
            return await self._execute(app, user, place, message, found, inputs, "manual")
        return await self._submit(app, user, place, message, action.get("data"), inputs)

    async def refresh(self, user: User, place: Place, message: Message) -> Outcome:
        """What Teams does by itself when one of `refresh.userIds` looks at the card."""
        card = message.card or {}
        refresh = card.get("refresh") or {}
        if user.teams_id not in refresh.get("userIds", []):
            raise Refused("This card does not refresh itself for you.")
        found = FoundAction("refresh", refresh["action"], [])
        return await self._execute(self._author(place, message), user, place, message, found, {}, "automatic")

    def _author(self, place: Place, message: Message) -> App:
        if message.author.kind != "bot" or message.deleted_at:
            raise NotThere("This message has no buttons.")
        if self._world.installation_in(place, message.author.id) is None:
            raise NotAllowed("The app was removed from this conversation.")
        return self._world.apps[message.author.id]

    def _card(self, user: User, message: Message, seen: int | None) -> Json:
        earlier = seen is not None and seen < len(message.versions)
        card = message.versions[seen].card if earlier and seen is not None else message.card_for(user.id)
        if card is None:
            raise NotThere("This message has no buttons.")
        return card

    async def _execute(
        self,
        app: App,
        user: User,
        place: Place,
        message: Message,
        found: FoundAction,
        inputs: Mapping[str, str],
        trigger: Literal["manual", "automatic"],
    ) -> Outcome:
        action = {name: value for name, value in found.action.items() if name in ("type", "id", "title", "verb")}
        action["data"] = {**(found.action.get("data") or {}), **inputs}
        value = {"action": action, "trigger": trigger}
        revision = message.revision
        answer = await self._invoke(app, user, place, message.root_id, "adaptiveCard/action", value, message.id)
        outcome = outcomes.of_card_action(answer)
        # A card that the bot updated for everybody while it was answering is newer than the answer.
        if outcome.card is not None and message.revision == revision:
            message.user_cards[user.id] = outcome.card
            message.revision += 1
            self._world.put(message)
            self._feed.append_message("message.card_changed", message, user.id)
        return outcome

    async def _submit(
        self, app: App, user: User, place: Place, message: Message, data: object, inputs: Mapping[str, str]
    ) -> Outcome:
        value: Json = {**data, **inputs} if isinstance(data, dict) else dict(inputs)
        teams = value.get("msteams")
        if isinstance(teams, dict) and teams.get("type") == "task/fetch":
            answer = await self._invoke(
                app, user, place, message.root_id, "task/fetch", {"data": value, "context": CONTEXT}, message.id
            )
            return self._show(outcomes.of_task(answer), self._dialog(app, user, place, message, "task", {}))
        self._publisher.submitted(app, user, place, message, value)
        return Outcome("sent")

    async def message_action(self, user: User, place: Place, message: Message, command_id: str) -> Outcome:
        """Run a message extension from a message's menu, such as declaring an incident from it."""
        for app, installation in self._world.installations_in(place):
            if any(action.id == command_id for action in installation.message_actions):
                context = {
                    "commandId": command_id,
                    "commandContext": "message",
                    "requestId": self._ids.guid().replace("-", ""),
                    "messagePayload": self._payload(place, message),
                }
                value = {**context, "context": CONTEXT}
                answer = await self._invoke(app, user, place, message.root_id, "composeExtension/fetchTask", value)
                dialog = self._dialog(app, user, place, message, "composeExtension", context)
                return self._show(outcomes.of_task(answer), dialog)
        raise NotThere("No app here offers this action.")

    def _payload(self, place: Place, message: Message) -> Json:
        bot = message.author.kind == "bot"
        author = {"id": message.author.id, "displayName": message.author.name}
        return {
            "linkToMessage": f"https://teams.microsoft.com/l/message/{place.id}/{message.id}",
            "id": message.id,
            "replyToId": None if message.is_root else message.root_id,
            "createdDateTime": stamp(message.created_at),
            "lastModifiedDateTime": stamp(message.edited_at) if message.edited_at else None,
            "deleted": message.deleted_at is not None,
            "importance": "normal",
            "locale": "en-us",
            "body": {"contentType": "html", "content": graph_html(message.parts)},
            "from": {
                "user": None if bot else {"userIdentityType": "aadUser", **author},
                "application": {"applicationIdentityType": "bot", **author} if bot else None,
            },
            "reactions": [],
            "mentions": [],
            "attachments": [],
        }

    async def send(
        self, user: User, dialog: Dialog, given: Mapping[str, str], wanted: str = "", *, lenient: bool = False
    ) -> Outcome:
        """Send an open form. Raises BadInputs when what was filled in may not be sent."""
        self._judge(user, dialog)
        found = self._sending_action(dialog.card, wanted)
        app, place = self._world.apps[dialog.app_id], self._world.place(dialog.place_id)
        if place is None:
            raise NotThere("The conversation of this form is gone.")
        data = found.action.get("data")
        inputs = gather(found.inputs, _in_reach(found, given) if lenient else given)
        filled = {**(data if isinstance(data, dict) else {}), **inputs}
        value = {**dialog.context, "data": filled, "context": CONTEXT}
        name = "task/submit" if dialog.invoke == "task" else "composeExtension/submitAction"
        answer = await self._invoke(app, user, place, dialog.root_id, name, value)
        result = outcomes.of_task(answer)
        if isinstance(result, Outcome) and result.kind == "error":
            return result
        self._world.forget_dialog(dialog)
        # A bot that asks on gets a successor of the form, under an id of its own.
        return self._show(result, dialog.model_copy(update={"id": self._ids.guid()}))

    def close(self, user: User, dialog: Dialog) -> None:
        """Close a form without sending it; the bot does not learn of it."""
        self._judge(user, dialog)
        self._world.forget_dialog(dialog)

    def _judge(self, user: User, dialog: Dialog) -> None:
        if (dialog.tenant_id, dialog.user_id) != (user.tenant_id, user.id):
            raise NotThere("This form is not open.")

    def _sending_action(self, card: Json, wanted: str) -> FoundAction:
        found = find_action(card, wanted or "actions.0")
        if found is None or found.action["type"] not in ("Action.Submit", "Action.Execute"):
            raise NotThere(f"The form has no button {wanted!r}." if wanted else "The form has no button that sends it.")
        return found

    def _dialog(
        self,
        app: App,
        user: User,
        place: Place,
        message: Message,
        invoke: Literal["task", "composeExtension"],
        context: Json,
    ) -> Dialog:
        return Dialog(
            tenant_id=user.tenant_id,
            id=self._ids.guid(),
            user_id=user.id,
            app_id=app.id,
            place_id=place.id,
            root_id=message.root_id,
            message_id=message.id,
            invoke=invoke,
            context=context,
            title="",
            card={},
        )

    def _show(self, result: Outcome | Form, dialog: Dialog) -> Outcome:
        if isinstance(result, Outcome):
            return result
        dialog.title, dialog.card = result.title, result.card
        self._world.put(dialog)
        return Outcome("dialog", result.title, card=result.card, dialog=dialog)

    async def _invoke(
        self, app: App, user: User, place: Place, root_id: str, name: str, value: Json, reply_to: str = ""
    ) -> BotAnswer:
        activity = self._publisher.writer.invoke(app, user, place, root_id, name, value, reply_to)
        return await self._invoker.invoke(app, activity)


def _in_reach(found: FoundAction, given: Mapping[str, str]) -> dict[str, str]:
    known = {str(node["id"]) for node in found.inputs}
    return {name: value for name, value in given.items() if name in known}
