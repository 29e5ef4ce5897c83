"""A called member says that he is coming."""

from __future__ import annotations

from typing import Any

from haveri_chassis.bus import Received
from haveri_chassis.clock import Clock
from haveri_contracts.escalation.commands import AnswerCall
from haveri_contracts.refusals import MemberUnknown, RoleNotSufficient
from haveri_contracts.types import actor_member_id
from haveri_escalation.application.engine_ports import Escalations, Input, Worlds
from haveri_escalation.domain.decisions.acknowledging import answered
from haveri_escalation.domain.engine_refusals import CallNotYours, CallUnknown


class Answer:
    """Takes in answers, from the called member only."""

    def __init__(self, escalations: Escalations, worlds: Worlds, clock: Clock) -> None:
        self._escalations = escalations
        self._worlds = worlds
        self._clock = clock

    async def __call__(self, received: Received[AnswerCall]) -> dict[str, Any]:
        """Gives an empty result; raises a Refusal."""
        member_id, command = actor_member_id(received.actor), received.message
        if member_id is None:
            raise CallNotYours("Only the member who was called can say that they are coming.")
        facility_id = await self._escalations.facility_of(received.organization, command.incident_id)
        if facility_id is None:
            raise CallUnknown("There is no such call for this incident.")
        world = await self._worlds.get(received.organization, facility_id)
        person = world.roster.people.get(member_id)
        if person is None:
            raise MemberUnknown("You are not a member of this organisation.")
        if not person.may_respond:
            raise RoleNotSufficient("You may read incidents. Ask an administrator to make you a responder.")
        given = Input(command.incident_id, received.envelope, self._clock.now(), is_command=True)
        await self._escalations.take_in(given, world, lambda case: answered(case, command.call_id, member_id))
        return {}
