"""Carries calls and notices out over a chat platform, each exactly once, whatever moment its worker dies."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

from haveri_chat.calls.call_card import call_card, ended_card, is_wanted, shown_by
from haveri_chat.calls.values import ChatCall, Ending, Notice, Shows
from haveri_chat.cards import Card
from haveri_chat.plant import Plant
from haveri_chat.ports import ChatPlatform, PlatformRefused, Posted
from haveri_chat.workflow.steps import Steps
from haveri_chat.workflow.store import StepState, WorkflowStore
from haveri_contracts.escalation.reasons import Reason, ReasonCode
from haveri_contracts.incident.models import Incident

Read = Callable[[], Awaitable[Incident]]
"""Gives the incident's newest state."""


class Caller:
    """One organisation's. Every method raises PlatformUnavailable, PlatformRefused (in words) or StepBusy.

    `platform_name` picks people's chat identity. `lease` as for the workflow.
    """

    def __init__(
        self,
        platform: ChatPlatform,
        store: WorkflowStore,
        platform_name: str,
        *,
        now: Callable[[], datetime],
        lease: timedelta = timedelta(minutes=2),
    ) -> None:
        self._platform = platform
        self._store = store
        self._platform_name = platform_name
        self._now = now
        self._lease = lease

    async def call(self, call: ChatCall, read: Read, plant: Plant) -> Shows | None:
        """Send the call's card unless it is sent, and say what it shows; None when it is not wanted any more.

        Whether it is wanted is asked of the incident's newest state when the card's turn to be sent has come.
        """
        member = plant.members.get(call.member_id)
        person = plant.person(call.member_id, self._platform_name)
        if member is None or person.user_id is None:
            raise PlatformRefused(Reason.of(ReasonCode.NO_ACCOUNT, name=person.name))
        steps, shown = self._steps(call.incident_id), Shows.BUTTON

        async def draw() -> Card | None:
            nonlocal shown
            incident = await read()
            if not is_wanted(call, incident):
                return None
            shown = shown_by(incident)
            return call_card(call, incident, plant, locale=member.locale, now=self._now())

        async with steps.claimed(call.step) as before:
            if before.state is StepState.DONE:
                await steps.release(call.step, before)
                return Shows(before.version)
            posted = None
            if before.state is StepState.ATTEMPTING:
                posted = await self._platform.find_direct(person, call.step)
            if posted is None:
                posted = await self._platform.send_direct(person, draw, marker=call.step, about=str(call.incident_id))
            if posted is None:
                await steps.release(call.step, before)
                return None
            await steps.finish(call.step, posted.encode(), shown)
        return shown

    async def show(self, call: ChatCall, ending: Ending | None, incident: Incident, plant: Plant, shows: Shows) -> None:
        """Bring the card of a sent call to what it is to show by now; never back to an earlier state."""
        member = plant.members.get(call.member_id)
        locale = member.locale if member else plant.locale
        steps = self._steps(call.incident_id)
        async with steps.claimed(call.step) as before:
            if not before.reference or before.version >= shows:
                await steps.release(call.step, before)
                return
            now = self._now()
            if ending is not None:
                card = ended_card(incident, ending, plant, locale=locale, now=now)
            else:
                card = call_card(call, incident, plant, locale=locale, now=now)
            await self._platform.update_card(Posted.decode(before.reference), card)
            await steps.finish(call.step, before.reference, shows)

    async def notify(self, incident_id: UUID, key: str, notice: Notice, channel: str, plant: Plant) -> None:
        """Post a notice into the incident's channel unless it stands there; `key` is the notice's own."""
        people = [plant.person(member_id, self._platform_name) for member_id in notice.people]
        marker = f"notice:{key}"

        async def post() -> str:
            if people:
                return (await self._platform.invite(channel, people, notice.text, marker=marker)).encode()
            return (await self._platform.post_text(channel, notice.text, marker=marker)).encode()

        async def look() -> str | None:
            found = await self._platform.find_card(channel, marker)
            return found.encode() if found is not None else None

        await self._steps(incident_id).once(marker, post, look=look)

    def _steps(self, incident_id: UUID) -> Steps:
        # What is known is asked with each claim: nothing here is done often enough to read all steps first.
        return Steps(self._store, incident_id, {}, now=self._now, lease=self._lease)
