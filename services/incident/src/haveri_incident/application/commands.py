"""What each command does to an incident, and the one way to do it: load, decide, append; and again when somebody
else was faster."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from haveri_chassis.bus import QueryRefused
from haveri_contracts.directory.models import Organization
from haveri_contracts.incident import commands
from haveri_contracts.incident.commands import DeclareIncident, IncidentCommand
from haveri_contracts.incident.events import IncidentEvent
from haveri_contracts.incident.models import Incident
from haveri_contracts.refusals import IncidentUnknown
from haveri_directory_copy.copies import DirectoryCopies
from haveri_directory_copy.directory import Directory
from haveri_incident.application.checks import (
    acting_member,
    check_actor,
    check_named,
    check_place,
    each,
    require_member,
    require_system,
)
from haveri_incident.application.ports import Change, Context, Incidents, VersionConflictError
from haveri_incident.domain import decisions
from haveri_incident.domain.refusals import TooManyConflicts
from haveri_incident.domain.state import Fact, evolve

ATTEMPTS = 20
"""How often a decision is made anew; each loss means that somebody else's change was stored."""

Decide = Callable[[Incident], Sequence[IncidentEvent]]
Result = dict[str, Any]
"""What an accepted command is answered with: the incident after it."""


class IncidentCommands:
    """Carries out commands. Each gives its result, or raises a Refusal, of the incident or of who may do this."""

    def __init__(self, incidents: Incidents, directories: DirectoryCopies) -> None:
        self._incidents = incidents
        self._directories = directories

    async def declare(self, context: Context, command: DeclareIncident) -> Result:
        """Take the next number and declare in one transaction."""
        directory = await self._directory_of(context.organization)
        check_actor(context.actor, directory, machines_may=True)
        check_place(command, directory)
        lead = acting_member(context.actor)
        async with self._incidents.declaring(context.organization) as declaring:
            number = await declaring.next_number()
            events = decisions.declare(command, number=number, actor=context.actor, lead=lead, now=context.now)
            return await declaring.append(context, prepare(None, events, context.now))

    async def update_status(self, context: Context, command: commands.UpdateStatus) -> Result:
        """Set INVESTIGATING or MITIGATED."""
        return await self._change(
            context, command, lambda state: decisions.update_status(state, command.status, command.note)
        )

    async def change_severity(self, context: Context, command: commands.ChangeSeverity) -> Result:
        """Say that it is worse or better than thought."""
        return await self._change(
            context, command, lambda state: decisions.change_severity(state, command.severity, command.reason)
        )

    async def acknowledge(self, context: Context, command: commands.Acknowledge) -> Result:
        """Say "I have it", as the acting member."""
        member_id = require_member(context.actor)
        names: dict[UUID, str] = {}
        return await self._change(
            context,
            command,
            lambda state: decisions.acknowledge(state, member_id, context.now, names),
            check=lambda directory: names.update((item.id, item.name) for item in directory.members.values()),
        )

    async def expire_acknowledgement(self, context: Context, command: commands.ExpireAcknowledgement) -> Result:
        """Make the incident nobody's again, as the escalation service found it forgotten."""
        require_system(context.actor)
        return await self._change(
            context,
            command,
            lambda state: decisions.expire_acknowledgement(state, command.acknowledged_at, command.idle_minutes),
        )

    async def assign_lead(self, context: Context, command: commands.AssignLead) -> Result:
        """Name who leads."""
        return await self._change(
            context,
            command,
            lambda state: decisions.assign_lead(state, command.member_id),
            check=lambda directory: check_named(directory, {"member_id": command.member_id}),
        )

    async def assign_comms_lead(self, context: Context, command: commands.AssignCommsLead) -> Result:
        """Name who keeps the stakeholders informed."""
        return await self._change(
            context,
            command,
            lambda state: decisions.assign_comms_lead(state, command.member_id),
            check=lambda directory: check_named(directory, {"member_id": command.member_id}),
        )

    async def add_event(self, context: Context, command: commands.AddEvent) -> Result:
        """Add what was done, noted, answered or suggested, at the time it happened."""
        return await self._change(
            context,
            command,
            lambda state: decisions.add_event(state, command.type, command.text, command.occurred_at, context.now),
            occurred_at=command.occurred_at,
            machines_may=True,
        )

    async def escalate(self, context: Context, command: commands.Escalate) -> Result:
        """Record the wish for more people, which the escalation service carries out."""
        return await self._change(
            context,
            command,
            lambda state: decisions.escalate(
                state, command.policy_id, command.member_ids, command.team_ids, command.reason
            ),
            check=lambda directory: check_named(
                directory, each("member_ids", command.member_ids), each("team_ids", command.team_ids)
            ),
        )

    async def resolve(self, context: Context, command: commands.ResolveIncident) -> Result:
        """Say that it is over, with the summary."""
        return await self._change(
            context, command, lambda state: decisions.resolve(state, command.summary, context.now)
        )

    async def amend_summary(self, context: Context, command: commands.AmendSummary) -> Result:
        """Replace the summary of a resolved or closed incident."""
        return await self._change(context, command, lambda state: decisions.amend_summary(state, command.summary))

    async def close(self, context: Context, command: commands.CloseIncident) -> Result:
        """Close, naming what is left to do."""
        owners = {
            f"follow_ups.{place}.assigned_to": draft.assigned_to
            for place, draft in enumerate(command.follow_ups)
            if draft.assigned_to is not None
        }
        return await self._change(
            context,
            command,
            lambda state: decisions.close(state, command.follow_ups, context.now),
            check=lambda directory: check_named(directory, owners),
        )

    async def reopen(self, context: Context, command: commands.ReopenIncident) -> Result:
        """Take it up again."""
        return await self._change(context, command, lambda state: decisions.reopen(state, command.reason))

    async def link_chat(self, context: Context, command: commands.LinkChat) -> Result:
        """Record where the incident is lived in chat; the same references again change nothing."""
        require_system(context.actor)
        return await self._change(
            context,
            command,
            lambda state: decisions.link_chat(
                state, command.chat_channel_ref, command.global_channel_ref, command.global_message_ref
            ),
        )

    async def _change(
        self,
        context: Context,
        command: IncidentCommand,
        decide: Decide,
        *,
        check: Callable[[Directory], None] | None = None,
        occurred_at: datetime | None = None,
        machines_may: bool = False,
    ) -> Result:
        """Decide and store.

        `check` looks at the people and teams a command names; `occurred_at` is when it happened if that was earlier
        than `context.now`; `machines_may` lets plant systems say it too.
        """
        directory = await self._directory_of(context.organization)
        check_actor(context.actor, directory, machines_may=machines_may)
        if check is not None:
            check(directory)
        for _ in range(ATTEMPTS):
            state = await self._incidents.load(context.organization, command.incident_id)
            if state is None:
                raise IncidentUnknown(f"There is no incident {command.incident_id} here.")
            events = decide(state)
            if not events:
                return await self._incidents.settle(context, state)
            try:
                return await self._incidents.append(context, prepare(state, events, context.now, occurred_at))
            except VersionConflictError:
                continue
        raise TooManyConflicts("Nothing was changed.")

    async def _directory_of(self, organization: str) -> Directory:
        """Without anybody in it for an organisation that there is not: then its members and places are not known."""
        try:
            return await self._directories.get(organization)
        except QueryRefused:
            return Directory(Organization(id=organization, name=organization))


def prepare(
    state: Incident | None, events: Sequence[IncidentEvent], now: datetime, occurred_at: datetime | None = None
) -> Change:
    """The change that these events make of this state, None for an incident that they declare.

    The time of recording never goes back along a history, though commands overtake each other and clocks are set back:
    what was known at a moment is always its beginning.
    """
    before = state.version if state else 0
    recorded_at = max(now, state.updated_at) if state else now
    for version, event in enumerate(events, before + 1):
        state = evolve(state, Fact(version, event, recorded_at))
    assert state is not None, "a change has events"
    return Change(before, events, state, occurred_at or now, recorded_at)
