"""What Teams wants as the answer to an invoke."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from haveri_chassis.bus import OwnerUnavailable
from haveri_chassis.clock import Clock
from haveri_chat import answers
from haveri_chat.calls.call_card import ended_card, ending_of
from haveri_chat.calls.values import Ending, EndKind
from haveri_chat.cards.incident import global_card, workflow_card
from haveri_chat.plant import Plant
from haveri_contracts.directory.models import Locale
from haveri_contracts.incident.models import Incident
from haveri_teams_gateway.adapters.adaptive_cards import CONTENT_TYPE, TeamPlace, draw_card
from haveri_teams_gateway.adapters.adaptive_forms import dialog, draw_form
from haveri_teams_gateway.application.neighbours import GATEWAY, Queries
from haveri_teams_gateway.application.ports import PlantOf
from haveri_teams_gateway.application.reply import Reply
from haveri_teams_gateway.domain.activities import Activity, DeclareFromMessage, ExpectedAnswer, Pressed
from haveri_teams_gateway.domain.tenant import Tenant

MESSAGE = "application/vnd.microsoft.activity.message"
ERROR = "application/vnd.microsoft.error"
Json = dict[str, Any]


class TeamsInvokeAnswers:
    """Writes the answers; asks for the incident when the pressed card is to be shown as it is now."""

    def __init__(self, queries: Queries, plant_of: PlantOf, clock: Clock) -> None:
        self._queries = queries
        self._plant_of = plant_of
        self._clock = clock

    async def body(
        self, tenant: Tenant, activity: Activity, expected: ExpectedAnswer, reply: Reply, plant: Plant
    ) -> Json:
        """The body of the 200 that answers the invoke."""
        if expected is not ExpectedAnswer.CARD:
            return _task(reply)
        if reply.form is not None:
            return _card_answer(draw_form(reply.form, in_dialog=False))
        if reply.refusal:
            ended = await self._ended_call(tenant, activity, reply, plant)
            return ended or _error(reply)
        if reply.text or reply.card is not None:
            return _message(reply.text or (reply.card.summary if reply.card else ""))
        return await self._card_now(tenant, activity, reply, plant)

    async def again(self, tenant: Tenant, activity: Activity, answer: Any) -> Any:
        """The answer for a press that was handled before."""
        incident = activity.data.get("incident") if isinstance(activity, Pressed) else None
        if not isinstance(answer, dict) or answer.get("type") != CONTENT_TYPE or incident is None:
            return answer
        try:
            plant = await self._plant_of(tenant.organization)
            return await self._card_now(tenant, activity, Reply(incident_id=UUID(incident)), plant)
        except (OwnerUnavailable, ValueError):
            return answer

    def later(self, activity: Activity, locale: Locale) -> Json | None:
        """The answer when it could not be carried out yet."""
        expected = activity.expected if isinstance(activity, Pressed) else ExpectedAnswer.NOTHING
        text = answers.accepted_later(locale)
        if expected is ExpectedAnswer.CARD:
            return _message(text)
        if expected is ExpectedAnswer.NOTHING and not isinstance(activity, DeclareFromMessage):
            return None
        return _task(Reply(text=text))

    async def _card_now(self, tenant: Tenant, activity: Activity, reply: Reply, plant: Plant) -> Json:
        """The pressed card in its new state. The workflow updates it for everybody a moment later."""
        incident = None
        if reply.incident_id is not None:
            try:
                incident = await self._queries.incident(tenant.organization, GATEWAY, str(reply.incident_id))
            except OwnerUnavailable:
                incident = None
        if incident is None:
            return _message("✓")
        now = self._clock.now()
        if isinstance(activity, Pressed) and "call" in activity.data:
            return self._call_answer(tenant, activity, incident, plant)
        pressed_id = activity.card_message_id if isinstance(activity, Pressed) else None
        if pressed_id is not None and pressed_id == incident.global_message_ref and not tenant.threads:
            card = global_card(incident, plant, channel=incident.chat_channel_ref, now=now)
        else:
            card = workflow_card(incident, plant, now=now)
        return _card_answer(draw_card(card, TeamPlace(tenant.tenant_id, tenant.group_id)))

    async def _ended_call(self, tenant: Tenant, activity: Activity, reply: Reply, plant: Plant) -> Json | None:
        """A call's card when somebody was faster, or the incident is over: it says so and has no button any more."""
        if reply.incident_id is None or not isinstance(activity, Pressed) or activity.data.get("verb") != "take":
            return None
        try:
            incident = await self._queries.incident(tenant.organization, GATEWAY, str(reply.incident_id))
        except OwnerUnavailable:
            return None
        if incident is None or ending_of(incident) is None:
            return None
        return self._call_answer(tenant, activity, incident, plant)

    def _call_answer(self, tenant: Tenant, activity: Pressed, incident: Incident, plant: Plant) -> Json:
        """The pressed call's card: how the call has ended."""
        member = plant.member_of_user.get(activity.arrival.sender.object_id or "")
        now, locale = self._clock.now(), member.locale if member else plant.locale
        ending = ending_of(incident)
        if activity.data.get("verb") == "join" and incident.status.is_open:
            ending = Ending(EndKind.COMING, now, member.id if member else None)
        if ending is None:
            return _message("✓")
        card = ended_card(incident, ending, plant, locale=locale, now=now)
        return _card_answer(draw_card(card, TeamPlace(tenant.tenant_id, tenant.group_id)))


def _card_answer(card: Json) -> Json:
    return {"statusCode": 200, "type": CONTENT_TYPE, "value": card}


def _message(text: str) -> Json:
    return {"statusCode": 200, "type": MESSAGE, "value": text}


def _error(reply: Reply) -> Json:
    return {"statusCode": 400, "type": ERROR, "value": {"code": reply.refusal, "message": reply.text}}


def _task(reply: Reply) -> Json:
    if reply.form is not None:
        return dialog(reply.form)
    if reply.text or reply.card is not None:
        text = reply.text or (reply.card.summary if reply.card else "")
        return {"task": {"type": "message", "value": text}}
    # An empty answer closes the dialog; the cards show what changed.
    return {}
