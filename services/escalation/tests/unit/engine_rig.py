"""An engine without any I/O: a state, a clock that is moved, and the timers that the state wants."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from haveri_contracts.escalation.models import Chain, Conditions, FacilitySettings, MaintenanceWindow, Notify, Step
from haveri_contracts.escalation.reasons import Reason, ReasonCode
from haveri_contracts.plain import Severity, Status
from haveri_escalation.domain.decisions import (
    acknowledging,
    beginning,
    by_hand,
    clocks,
    following,
    reporting,
    silencing,
)
from haveri_escalation.domain.decisions.case import Case
from haveri_escalation.domain.facts import EscalationEvent, IncidentFollowed
from haveri_escalation.domain.matching import PolicyBook
from haveri_escalation.domain.people import Person, Roster, Way
from haveri_escalation.domain.policies import Policy
from haveri_escalation.domain.state import Call, Escalation, Run
from haveri_escalation.domain.timers import Timer, wanted_timers
from haveri_escalation.domain.world import World
from haveri_shifts.plan import Plan, Team

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
INCIDENT, FACILITY, LINE = UUID(int=900), UUID(int=901), UUID(int=902)
ANNA, BEN, CARLA, DIRK, EVA, ADMIN = (UUID(int=n) for n in range(1, 7))
CREW, EMPTY = UUID(int=801), UUID(int=802)
CHAT, MAIL = Way("chat"), Way("email", 2 * MINUTE)

_WISHED = Reason.of(ReasonCode.ASKED_FOR_MORE)


def person(member_id: UUID, *ways: Way, **values: Any) -> Person:
    """A member called by the number of the id."""
    return Person(member_id, f"Member {member_id.int}", ways or (CHAT, MAIL), **values)


def roster() -> Roster:
    """Five people and an administrator; Anna and Ben are a crew without a shift plan, and one team is empty."""
    people = [person(member) for member in (ANNA, BEN, CARLA, DIRK, EVA)]
    people.append(person(ADMIN, CHAT, is_administrator=True))
    teams = (Team(CREW, "Crew", (ANNA, BEN)), Team(EMPTY, "Nobody", ()))
    return Roster(
        people={one.id: one for one in people},
        plans={FACILITY: Plan(UTC, teams)},
        team_names={CREW: "Crew", EMPTY: "Nobody"},
    )


def step(after: float, *members: UUID, **values: Any) -> Step:
    """Call these members so many minutes after the start."""
    return Step(notify=Notify(member_ids=list(members)), after_minutes=after, **values)


def policy(number: int, severity: Severity, chain: Chain) -> Policy:
    """The facility's policy for a severity."""
    return Policy(
        id=UUID(int=700 + number),
        name=f"Policy {number}",
        facility_id=FACILITY,
        conditions=Conditions(severity=[severity]),
        **dict(chain),
    )


def window(number: int, starts_at: datetime, ends_at: datetime) -> MaintenanceWindow:
    """Work on the incident's line."""
    return MaintenanceWindow(
        id=UUID(int=600 + number), facility_id=FACILITY, area_ids=[LINE], starts_at=starts_at, ends_at=ends_at
    )


@dataclass
class Rig:
    """One incident's escalation, driven by hand."""

    policies: list[Policy]
    now: datetime = NOON
    people: Roster = field(default_factory=roster)
    settings: FacilitySettings | None = None
    windows: tuple[MaintenanceWindow, ...] = ()
    state: Escalation | None = None
    events: list[EscalationEvent] = field(default_factory=list)
    states: list[Escalation] = field(default_factory=list)
    timers: dict[str, Timer] = field(default_factory=dict)
    taken_back: list[Timer] = field(default_factory=list)
    ids: int = 10_000

    def decide(self, decision: Callable[..., None], *arguments: Any, **named: Any) -> list[EscalationEvent]:
        """Decide on an input as the event store would; gives the new events."""
        world = World(self.people, PolicyBook(self.policies), self.settings, self.windows)
        case = Case(INCIDENT, self.state, world, self.now, self._new_id)
        decision(case, *arguments, **named)
        self.events += case.events
        if case.is_known:
            self.state = case.state
            wanted = wanted_timers(case.state)
            self.taken_back += [timer for key, timer in self.timers.items() if wanted.get(key) != timer]
            self.timers = wanted
        return case.events

    def _new_id(self) -> UUID:
        self.ids += 1
        return UUID(int=self.ids)

    def declare(self, severity: Severity = Severity.SEV2) -> list[EscalationEvent]:
        """Declare the incident."""
        followed = IncidentFollowed("INC-42", "Filler 2 jammed", severity, FACILITY, self.now, LINE)
        return self.decide(beginning.declared, followed)

    def take(self, member: UUID) -> list[EscalationEvent]:
        """Somebody takes it."""
        return self.decide(acknowledging.taken, member, self.now)

    def change_severity(self, severity: Severity) -> list[EscalationEvent]:
        """It is of another severity."""
        return self.decide(beginning.severity_changed, severity, self.now)

    def update_status(self, status: Status) -> list[EscalationEvent]:
        """Its status changes, among the open ones."""
        return self.decide(following.status_updated, status)

    def resolve(self) -> list[EscalationEvent]:
        """It is over."""
        return self.decide(following.over, Status.RESOLVED, ANNA, self.now)

    def reopen(self) -> list[EscalationEvent]:
        """It came back."""
        return self.decide(beginning.reopened, self.now)

    def expire(self) -> list[EscalationEvent]:
        """The incident service took the acknowledgement back."""
        return self.decide(beginning.expired, self.known.incident.taken_at, self.now)

    def wish(self, *members: UUID, policy_id: UUID | None = None) -> list[EscalationEvent]:
        """Somebody escalates by hand."""
        if members:
            return self.decide(by_hand.people_wished_for, members, (), _WISHED)
        if policy_id is not None:
            policy = next((one for one in self.policies if one.id == policy_id), None)
            return self.decide(by_hand.policy_wished_for, policy, _WISHED)
        return self.decide(by_hand.more_people_wished_for, _WISHED)

    def report(self, call: Call, via: str, outcome: str) -> list[EscalationEvent]:
        """Whoever carries a notification reports."""
        return self.decide(reporting.reported, call.id, via, outcome, "no such number")

    def maintain(self, *windows: MaintenanceWindow) -> list[EscalationEvent]:
        """These windows hold from now on, and no others."""
        self.windows = windows
        return self.decide(silencing.apply_windows)

    def fire(self, timer: Timer) -> list[EscalationEvent]:
        """A timer's message arrives."""
        return self.decide(clocks.timer_due, timer)

    def move(self, by: timedelta) -> list[EscalationEvent]:
        """Let time pass; timers come at their moments. Gives everything that happened."""
        until, happened = self.now + by, list[EscalationEvent]()
        while self.timers:
            due = min(self.timers.values(), key=lambda timer: (timer.due_at, timer.kind, str(timer.call_id)))
            if due.due_at > until:
                break
            self.now = max(self.now, due.due_at)
            happened += self.fire(due)
        self.now = until
        return happened

    @property
    def known(self) -> Escalation:
        """The state of the followed incident."""
        assert self.state is not None
        return self.state

    @property
    def run(self) -> Run:
        """The run that began last."""
        return self.known.runs[-1]

    def calls(self) -> list[Call]:
        """Every call of every run."""
        return [call for run in self.known.runs for call in run.calls]

    def only(self, kind: type[Any]) -> list[Any]:
        """The events of one kind so far."""
        return [event for event in self.events if isinstance(event, kind)]


SEV2_CHAIN = Chain(steps=[step(0, ANNA, BEN), step(15, CARLA)])


def sev2(**values: Any) -> Policy:
    """SEV2: the crew at once, the supervisor (Carla) after a quarter of an hour."""
    return policy(2, Severity.SEV2, SEV2_CHAIN.model_copy(update=values))
