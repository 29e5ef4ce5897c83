"""From the bus to the engine's use cases."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from haveri_chassis.bus import Bus, Received
from haveri_chassis.clock import Clock
from haveri_contracts.envelope import Envelope
from haveri_contracts.escalation import commands, queries
from haveri_contracts.escalation.events import TimerDue, WindowDue
from haveri_contracts.message import Command, Event
from haveri_contracts.streams import ESCALATION_INCIDENTS
from haveri_escalation.adapters.run_reads import RunReads
from haveri_escalation.application.answer_call import Answer
from haveri_escalation.application.apply_window import ApplyWindow
from haveri_escalation.application.engine_ports import Commands, Escalations, WindowWork, Worlds
from haveri_escalation.application.fire_timer import FireTimer
from haveri_escalation.application.follow_incident import FollowIncident
from haveri_escalation.application.report_notification import Report

_INCIDENTS_AT_ONCE = 8

Handler = Callable[[Received[Any]], Awaitable[dict[str, Any] | None]]
EventHandler = Callable[[Received[Any]], Awaitable[None]]


@dataclass(frozen=True)
class Engine:
    """The engine's use cases, ready to be attached to a bus."""

    escalations: Escalations
    worlds: Worlds
    windows: WindowWork
    commands: Commands
    clock: Clock

    def handlers(self) -> dict[type[Command], Handler]:
        """What carries out each command, for the service's one consumer of commands."""
        return {
            commands.ReportNotification: Report(self.escalations, self.worlds, self.clock),
            commands.AnswerCall: Answer(self.escalations, self.worlds, self.clock),
        }

    def on_timer(self) -> dict[type[Event], EventHandler]:
        """What carries out what has come due, for the service's one consumer of that."""
        return {
            TimerDue: FireTimer(self.escalations, self.worlds, self.commands, self.clock),
            WindowDue: ApplyWindow(self.escalations, self.worlds, self.windows, self.clock),
        }

    def attach(self, bus: Bus, reads: RunReads) -> None:
        """Follow the incidents, and answer the queries about runs."""
        follow = FollowIncident(self.escalations, self.worlds, self.clock)
        bus.on_event(ESCALATION_INCIDENTS, follow, workers=_INCIDENTS_AT_ONCE)

        async def runs(query: queries.ListRuns, envelope: Envelope) -> Any:
            return await reads.runs(envelope.organization, query)

        async def running(query: queries.ListRunning, envelope: Envelope) -> Any:
            return await reads.running(envelope.organization, query)

        async def count_running(_: queries.CountRunning, envelope: Envelope) -> Any:
            return await reads.count_running(envelope.organization)

        bus.on_query(queries.ListRuns, runs)
        bus.on_query(queries.CountRunning, count_running)
        bus.on_query(queries.ListRunning, running)
