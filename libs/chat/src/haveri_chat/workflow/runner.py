"""Brings the chat to where the incident is: opens, posts, invites, links, keeps the cards true, archives.

`advance` looks at what is and does what is missing, so it may be called at any time, any number of times, from any
replica; a crash at any moment neither repeats nor forgets a step.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

from haveri_chat.plant import Plant
from haveri_chat.ports import ChatPlatform, PlatformRefused, PlatformUnavailable
from haveri_chat.workflow.failures import StepFailure, Unfinished
from haveri_chat.workflow.run import Run
from haveri_chat.workflow.steps import Steps
from haveri_chat.workflow.store import StepBusy, WorkflowStore
from haveri_chat.workflow.surroundings import IncidentReader, LinkSender, Setting
from haveri_contracts.plain import Status


class Workflow:
    """The workflow of one organisation's incidents.

    `lease` must be longer than any step takes, waiting for its turn and for the platform's "later" included: beyond it
    another replica takes the step for abandoned. Two passes over one incident at once find each other's steps busy.
    """

    def __init__(
        self,
        platform: ChatPlatform,
        store: WorkflowStore,
        incidents: IncidentReader,
        links: LinkSender,
        *,
        now: Callable[[], datetime],
        lease: timedelta = timedelta(minutes=2),
    ) -> None:
        self._platform = platform
        self._store = store
        self._incidents = incidents
        self._links = links
        self._now = now
        self._lease = lease

    async def advance(self, incident_id: UUID, setting: Setting, plant: Plant) -> None:
        """Do what is missing for this incident; raises Unfinished when something of it could not be done (yet)."""
        if failures := await self._advance(incident_id, setting, plant):
            raise Unfinished(failures)

    async def _advance(self, incident_id: UUID, setting: Setting, plant: Plant) -> dict[str, StepFailure]:
        incident = await self._incidents.current(incident_id)
        known = dict(await self._store.steps(incident_id))
        if not known and incident.status is Status.CLOSED:
            return {}
        steps = Steps(self._store, incident_id, known, now=self._now, lease=self._lease)
        run = Run(self._platform, self._incidents, self._links, steps, incident, setting, plant, self._now)
        failures: dict[str, StepFailure] = {}
        for phase in run.phases():
            failures |= await _together(phase())
            if failures and not run.has_place:
                return failures
        if all(isinstance(failure, PlatformRefused) for failure in failures.values()):
            failures |= await _together(run.archiving())
        return failures


async def _together(work: dict[str, Callable[[], Awaitable[None]]]) -> dict[str, StepFailure]:
    """Do these side by side, all of them to the end; gives what failed and raises what was no answer at all."""
    results = await asyncio.gather(*(act() for act in work.values()), return_exceptions=True)
    failures: dict[str, StepFailure] = {}
    for step, result in zip(work, results, strict=True):
        if isinstance(result, PlatformUnavailable | PlatformRefused | StepBusy):
            failures[step] = result
        elif isinstance(result, BaseException):
            raise result
    return failures
