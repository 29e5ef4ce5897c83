"""An activity is stored before it is answered, then handled at once by whoever stored it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from haveri_chassis.bus import OwnerUnavailable
from haveri_chassis.clock import Clock
from haveri_chassis.ids import Ids
from haveri_chat.grammar import command_word
from haveri_contracts.directory.models import ENGLISH
from haveri_teams_gateway.application.capture_message import CaptureMessage, can_be_captured
from haveri_teams_gateway.application.handle_activity import Work, locale_of
from haveri_teams_gateway.application.metrics import ARRIVED
from haveri_teams_gateway.application.ports import InvokeAnswers, PlantOf
from haveri_teams_gateway.application.worker import Ended, Worker
from haveri_teams_gateway.domain.activities import (
    Activity,
    DeclareFromMessage,
    Deleted,
    Edited,
    ExpectedAnswer,
    Pressed,
    Said,
)
from haveri_teams_gateway.domain.sameness import fingerprint, identity
from haveri_teams_gateway.domain.tenant import Tenant
from haveri_teams_gateway.store.activities import ACTIVITY, ActivityStore, NewActivity, Receipt
from haveri_teams_gateway.store.capture import Capture

ANSWER_WITHIN = 8.0
"""Seconds after which somebody who waits is answered "will follow"; Teams itself gives up after 15."""
_LOOK_EVERY = 0.1


class ReceiveActivity:
    """Takes one activity of an organisation and gives the body of the answer, None for an empty one."""

    def __init__(
        self,
        activities: ActivityStore,
        plant_of: PlantOf,
        capture: CaptureMessage,
        worker: Worker,
        invokes: InvokeAnswers,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._activities = activities
        self._plant_of = plant_of
        self._capture = capture
        self._worker = worker
        self._invokes = invokes
        self._clock = clock
        self._ids = ids

    async def receive(self, tenant: Tenant, activity: Activity, body: Mapping[str, Any]) -> Any:
        """Store, begin to handle, answer. Raises what the database raises when nothing could be stored."""
        work, capturable = needs_work(activity), can_be_captured(activity)
        if not work and not capturable:
            ARRIVED.labels(activity.arrival.type, "nothing_to_do").inc()
            return None
        activity_id = self._ids.new()
        new = self._new(activity_id, activity, body, work=work, capturable=capturable)
        capture = await self._capturing(tenant, activity, activity_id) if capturable else None
        receipt = await self._activities.put(tenant.organization, new, capture)
        ARRIVED.labels(activity.arrival.type, "new" if receipt.fresh else "repeated").inc()
        if isinstance(activity, Said) and activity.files:
            self._worker.poke()
        self._worker.begin(*(replace(job, given=Work(tenant, receipt.id, activity)) for job in receipt.jobs))
        return await self._answer(tenant, activity, receipt) if waits_for_answer(activity) else None

    def _new(
        self, activity_id: UUID, activity: Activity, body: Mapping[str, Any], *, work: bool, capturable: bool
    ) -> NewActivity:
        conversation = activity.arrival.conversation
        return NewActivity(
            id=activity_id,
            identity=identity(activity),
            fingerprint=fingerprint(activity),
            conversation=conversation.id,
            refs=[ref for ref in (conversation.id, conversation.thread_ref) if ref],
            body=dict(body),
            received_at=self._clock.now(),
            work=work,
            in_turn=not waits_for_answer(activity),
            capturable=capturable,
        )

    async def _capturing(self, tenant: Tenant, activity: Activity, activity_id: UUID) -> Capture | None:
        """How to capture it now; None when nobody can say who wrote it, so that it is captured later."""
        try:
            plant = await self._plant_of(tenant.organization)
        except OwnerUnavailable:
            return None
        return self._capture.of(tenant.organization, activity, activity_id, plant)

    async def _answer(self, tenant: Tenant, activity: Activity, receipt: Receipt) -> Any:
        """The answer to an invoke: of its handling now, or of the one that was begun when it first arrived."""
        if receipt.done:
            return await self._invokes.again(tenant, activity, receipt.answer)
        task = self._worker.task_of((tenant.organization, ACTIVITY, receipt.id))
        waiting = task or asyncio.create_task(self._handled_elsewhere(tenant, receipt.id))
        # The handling goes on whatever becomes of this request: what follows is shown on the cards.
        done, _ = await asyncio.wait((waiting,), timeout=ANSWER_WITHIN)
        if done and not waiting.cancelled() and waiting.exception() is None and (ended := waiting.result()) is not None:
            return ended.answer
        return self._invokes.later(activity, locale_of(activity.arrival, ENGLISH))

    async def _handled_elsewhere(self, tenant: Tenant, activity_id: UUID) -> Ended | None:
        """Wait for another replica that has it in hand."""
        deadline = self._clock.now() + timedelta(seconds=ANSWER_WITHIN)
        while self._clock.now() < deadline:
            receipt = await self._activities.answer_of(tenant.organization, activity_id)
            if receipt.done:
                return Ended(answer=receipt.answer)
            await self._clock.sleep(_LOOK_EVERY)
        return None


def waits_for_answer(activity: Activity) -> bool:
    """True for invokes: somebody sits before a spinning button."""
    if isinstance(activity, Pressed):
        return activity.expected is not ExpectedAnswer.NOTHING
    return isinstance(activity, DeclareFromMessage)


def needs_work(activity: Activity) -> bool:
    """True when there is more to do than to keep what was said."""
    if isinstance(activity, Said):
        return command_word(activity.text, activity.addressed) is not None and bool(activity.text or not activity.files)
    return isinstance(activity, Pressed | DeclareFromMessage) and not isinstance(activity, Edited | Deleted)
