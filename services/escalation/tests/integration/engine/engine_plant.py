"""A plant with people who can be called, its incident, and what it hears of the engine."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from datetime import UTC
from typing import Any
from uuid import UUID

from engine_stage import CHAT, IDS, MAIL, MINUTE, Stage

from haveri_contracts.envelope import Envelope, unwrap
from haveri_contracts.escalation import commands, events
from haveri_contracts.escalation.models import EscalationPolicy, EscalationRun, MaintenanceWindow
from haveri_contracts.escalation.queries import ListRunning, ListRuns, RunList, RunningList
from haveri_contracts.escalation.reasons import Reason
from haveri_contracts.incident import events as incident_events
from haveri_contracts.incident.commands import ExpireAcknowledgement
from haveri_contracts.message import Command, Event
from haveri_contracts.outcomes import Outcome
from haveri_escalation.domain.people import Person, Roster, Way
from haveri_shifts.plan import Plan, Team


class Plant:
    """One organisation: its people, its incident, and what it hears of the engine."""

    def __init__(self, stage: Stage, organization: str) -> None:
        self.stage, self.organization = stage, organization
        self.facility, self.line, self.press, self.incident = (IDS.new() for _ in range(4))
        self.anna, self.ben, self.carla, self.dirk, self.adam, self.viewer = (IDS.new() for _ in range(6))
        self.crew, self.empty = IDS.new(), IDS.new()
        self.version = 0
        names = {self.anna: "Anna", self.ben: "Ben", self.carla: "Carla", self.dirk: "Dirk"}
        people = {id: Person(id, name, (CHAT, MAIL)) for id, name in names.items()}
        people[self.adam] = Person(self.adam, "Adam", (CHAT,), is_administrator=True, may_manage=True)
        people[self.viewer] = Person(self.viewer, "Veera", (CHAT,), may_respond=False)
        teams = (Team(self.crew, "Crew", (self.anna, self.ben)), Team(self.empty, "Nobody", ()))
        self.roster = Roster(
            people=people,
            plans={self.facility: Plan(UTC, teams)},
            team_names={self.crew: "Crew", self.empty: "Nobody"},
            area_names={self.line: "Line 1"},
            area_of_asset={self.press: self.line},
            type_of_asset={self.press: "press"},
            facility_names={self.facility: "Works"},
            facility_of_area={self.line: self.facility},
        )

    @property
    def roster(self) -> Roster:
        """Who is there."""
        return self.stage.rosters.known[self.organization]

    @roster.setter
    def roster(self, roster: Roster) -> None:
        self.stage.rosters.known[self.organization] = roster

    def with_another_incident(self) -> Plant:
        """The same plant, with a second incident on the same line."""
        other = copy(self)
        other.incident, other.version = IDS.new(), 0
        return other

    def reach(self, member: UUID, *ways: Way) -> None:
        """From now on a member is reached by these ways only."""
        people = dict(self.roster.people)
        people[member] = replace(people[member], ways=ways)
        self.roster = replace(self.roster, people=people)

    async def command(self, command: Command, who: UUID | None = None, *, id: UUID | None = None) -> Outcome:
        """Send a command and give its outcome; the administrator's when nobody is named."""
        outcome = await self.stage.commands.send(
            command,
            organization=self.organization,
            actor=f"member:{who or self.adam}",
            command_id=id or IDS.new(),
            wait=10,
        )
        assert outcome is not None
        return outcome

    async def put(self, severity: str, *steps: dict[str, Any], **values: Any) -> UUID:
        """Put the policy for a severity: steps as JSON."""
        policy = EscalationPolicy.model_validate(
            {
                "id": IDS.new(),
                "name": f"{severity} at the works",
                "facility_id": self.facility,
                "conditions": {"severity": [severity]},
                "steps": list(steps),
                **values,
            }
        )
        outcome = await self.command(commands.PutPolicy(policy=policy))
        assert outcome.problem is None, outcome.problem
        return policy.id

    async def maintain(self, from_minutes: float, to_minutes: float, reason: str = "") -> UUID:
        """Announce work on the line, from and to so many minutes from now."""
        now = self.stage.clock.now()
        window = MaintenanceWindow(
            id=IDS.new(),
            facility_id=self.facility,
            area_ids=[self.line],
            starts_at=now + from_minutes * MINUTE,
            ends_at=now + to_minutes * MINUTE,
            reason=reason,
        )
        outcome = await self.command(commands.PutMaintenanceWindow(window=window))
        assert outcome.problem is None, outcome.problem
        await self.stage.settle(self.organization)
        return window.id

    async def say(self, kind: type[Event], who: UUID | None = None, **values: Any) -> Envelope:
        """An event of the incident, in its order; taken in and carried out when this returns."""
        self.version += 1
        event = kind.model_validate({"incident_id": self.incident, **values})
        envelope = self.stage.bus.sender.event(
            event,
            organization=self.organization,
            actor=f"member:{who}" if who else "system:test",
            cause=None,
            sequence=self.version,
        )
        await self.stage.publish(envelope, event.subject(self.organization))
        await self.stage.settle(self.organization, envelope.id)
        return envelope

    async def declare(self, severity: str = "SEV2", **values: Any) -> Envelope:
        """Declare the incident on the line."""
        return await self.say(
            incident_events.IncidentDeclared,
            number="INC-42",
            title="Filler 2 jammed",
            severity=severity,
            facility_id=self.facility,
            area_id=self.line,
            declared_by="system:test",
            declared_at=self.stage.clock.now(),
            **values,
        )

    async def take(self, member: UUID) -> Envelope:
        """A member takes the incident."""
        now = self.stage.clock.now()
        return await self.say(incident_events.IncidentAcknowledged, member, member_id=member, acknowledged_at=now)

    async def move(self, minutes: float) -> None:
        """Let time pass."""
        await self.stage.move(self.organization, minutes)

    async def report(
        self, call_id: UUID, via: str, outcome: str, reason: str = "", cause: Reason | None = None
    ) -> Outcome | None:
        """Whoever carries a notification reports."""
        said = {"outcome": outcome, "reason": reason, "cause": cause}
        answer = await self.stage.commands.send(
            commands.ReportNotification.model_validate(
                {"incident_id": self.incident, "call_id": call_id, "via": via, **said}
            ),
            organization=self.organization,
            actor="system:teams-gateway",
            command_id=IDS.new(),
            wait=10,
        )
        await self.stage.settle(self.organization)
        return answer

    async def reach_everybody(self) -> None:
        """Every card that was asked for so far is delivered."""
        for asked in self.published(events.NotificationRequested):
            if asked.incident_id == self.incident and asked.via == "chat":
                await self.report(asked.call_id, "chat", "delivered")

    def published(self, kind: type[Any]) -> list[Any]:
        """What the engine said of one kind."""
        heard = self.stage.heard[self.organization]
        return [unwrap(envelope) for envelope in heard if envelope.type == kind.message_type()]

    def called(self) -> list[UUID]:
        """Everybody who was called, in the order of their calls."""
        return [call.member_id for step in self.published(events.StepFired) for call in step.calls]

    def call_of(self, member: UUID) -> UUID:
        """The newest call of a member."""
        calls = [call for step in self.published(events.StepFired) for call in step.calls]
        return next(call.call_id for call in reversed(calls) if call.member_id == member)

    def expiries(self) -> list[ExpireAcknowledgement]:
        """What the incident service was asked."""
        return self.published(ExpireAcknowledgement)

    async def runs(self) -> list[EscalationRun]:
        """The incident's runs as they are answered."""
        answer = await self.stage.reads.runs(self.organization, ListRuns(incident_id=self.incident))
        return RunList.model_validate_json(answer).items

    async def running(self, **page: Any) -> RunningList:
        """The runs under way."""
        return await self.stage.reads.running(self.organization, ListRunning.model_validate({"page": page}))

    async def rows(self, sql: str) -> list[Any]:
        """Rows of the service's tables."""
        async with self.stage.database.transaction(self.organization) as connection:
            return await connection.fetch(sql)


def calling(*members: UUID, after: float = 0, **values: Any) -> dict[str, Any]:
    """A step that calls members by name."""
    return {"notify": {"member_ids": [str(member) for member in members]}, "after_minutes": after, **values}
