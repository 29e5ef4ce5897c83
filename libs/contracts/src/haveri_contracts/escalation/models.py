"""Policies, runs and calls as everybody outside the escalation service sees them. Minutes may be fractions."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

from pydantic import BeforeValidator, ConfigDict, Field

from haveri_contracts.directory.contacts import Via
from haveri_contracts.directory.models import EVERY_DAY, ShiftRoleName, WallClock, Weekday
from haveri_contracts.escalation.reasons import Reason
from haveri_contracts.plain import Severity
from haveri_contracts.types import LARGEST_INTEGER, Actor, Frozen, Label, LongText, ShortText, Timestamp

T = TypeVar("T")

LONGEST_MINUTES = 60 * 24 * 31
"""No chain, clock or hold is longer than a month."""


def _absent_is_empty(value: Any) -> Any:
    return [] if value is None else value


Listed = Annotated[list[T], BeforeValidator(_absent_is_empty)]
"""A list that may be left out or null: both mean the empty one."""

Minutes = Annotated[float, Field(ge=-LONGEST_MINUTES, le=LONGEST_MINUTES, allow_inf_nan=False)]
"""A duration in minutes, which may be a fraction; the service refuses a negative one in the reader's words."""


class TimeOfDay(Frozen):
    """A stretch of the week in the facility's wall-clock time; `days` are those on which it starts.

    Either `from` and `to` (`to` at or before `from` means the next day), or the name of a `shift`, whose times are
    meant; neither means the whole day. `holidays` says whether the day of the start may, must or must not be one.
    """

    days: Listed[Weekday] = Field(default_factory=lambda: list(EVERY_DAY))
    start: WallClock | None = Field(default=None, alias="from")
    end: WallClock | None = Field(default=None, alias="to")
    shift: ShortText | None = None
    holidays: Literal["any", "only", "never"] = "any"

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    def __hash__(self) -> int:
        return hash((self.start, self.end, self.shift, self.holidays))


class Conditions(Frozen):
    """When a policy applies: what is left out or empty applies to everything."""

    severity: list[Severity] = Field(min_length=1, max_length=3)
    area_ids: Listed[UUID] = Field(default_factory=list, max_length=200)
    asset_types: Listed[ShortText] = Field(default_factory=list, max_length=200)
    time_of_day: Listed[TimeOfDay] = Field(default_factory=list, max_length=50)


class Notify(Frozen):
    """Whom to call: members, teams (those of them who are on shift; all of them when nobody is), roles of the shift.

    `round_robin` calls one person of each team, another one each time.
    """

    member_ids: Listed[UUID] = Field(default_factory=list, max_length=200)
    team_ids: Listed[UUID] = Field(default_factory=list, max_length=50)
    shift_roles: Listed[ShiftRoleName] = Field(default_factory=list, max_length=20)
    round_robin: bool = False


class Step(Frozen):
    """Whom to call how many minutes after the start of the run (or of its round)."""

    notify: Notify
    after_minutes: Minutes = 0
    only_if_unacknowledged: bool = True


class Repeat(Frozen):
    """Go through all steps again, `times` more times, each round `every_minutes` after the one before."""

    times: int = Field(ge=0, le=50)
    every_minutes: Minutes


class LastResort(Frozen):
    """Whom to call when all steps are over and nobody has answered for `after_minutes`.

    Without `notify` it is the facility's last resort, and without that the organisation's administrators.
    """

    notify: Notify | None = None
    after_minutes: Minutes = 10


class MitigationClock(Frozen):
    """Whom to call when an incident was taken but is not mitigated `within_minutes` of that."""

    within_minutes: Minutes
    notify: Notify | None = None


class Chain(Frozen):
    """What is carried out: a policy's steps, or what somebody wished for by hand."""

    steps: list[Step] = Field(max_length=50)
    repeat: Repeat | None = None
    acknowledgement_expires_minutes: Minutes | None = None
    mitigation: MitigationClock | None = None
    last_resort: LastResort | None = LastResort()


class EscalationPolicy(Chain):
    """Who is called when, for which incidents of a facility.

    Of several that match, the most specific one wins: first one that names areas, then asset types, then times of
    day, then the one for fewer severities; then the higher `priority`, then the newer one. `is_default` is for what no
    other policy of the facility matches, whatever its own conditions say.
    """

    id: UUID
    name: ShortText
    facility_id: UUID
    priority: int = Field(default=0, ge=-1_000_000, le=1_000_000)
    is_default: bool = False
    conditions: Conditions
    version: int = Field(default=1, ge=1, le=LARGEST_INTEGER)


class QuietHours(Frozen):
    """When people who are not on shift are not called for incidents of these severities: the call is held."""

    severity: list[Severity] = Field(min_length=1, max_length=3)
    time_of_day: list[TimeOfDay] = Field(min_length=1, max_length=50)


class FacilitySettings(Frozen):
    """What holds for all escalations of a facility."""

    facility_id: UUID
    quiet_hours: Listed[QuietHours] = Field(default_factory=list, max_length=20)
    last_resort: Notify | None = None


class MaintenanceWindow(Frozen):
    """A time in which nobody is called for some areas or assets of a facility; it always ends."""

    id: UUID
    facility_id: UUID
    area_ids: Listed[UUID] = Field(default_factory=list, max_length=200)
    asset_ids: Listed[UUID] = Field(default_factory=list, max_length=200)
    starts_at: Timestamp
    ends_at: Timestamp
    reason: LongText = ""
    created_by: Actor | None = None


class Trigger(StrEnum):
    """What made a run begin."""

    DECLARED = "declared"
    SEVERITY_CHANGED = "severity_changed"
    REOPENED = "reopened"
    BY_HAND = "by_hand"
    ACKNOWLEDGEMENT_EXPIRED = "acknowledgement_expired"
    MITIGATION_OVERDUE = "mitigation_overdue"

    @property
    def follows_the_incident(self) -> bool:
        """True for runs that Haveri began by itself to find somebody; a re-planning replaces these and no others."""
        return self not in (Trigger.BY_HAND, Trigger.MITIGATION_OVERDUE)


class RunState(StrEnum):
    """Where a run stands."""

    RUNNING = "running"
    SILENCED = "silenced"
    ENDED = "ended"


class EndReason(StrEnum):
    """Why a run ended."""

    ACKNOWLEDGED = "acknowledged"
    EXHAUSTED = "exhausted"
    REPLACED = "replaced"
    RESOLVED = "resolved"
    CLOSED = "closed"
    DONE = "done"


class StepOutcome(StrEnum):
    """What became of a step. `pending` and `silenced` may still come."""

    PENDING = "pending"
    SILENCED = "silenced"
    FIRED = "fired"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"

    @property
    def may_come(self) -> bool:
        """True until it is settled."""
        return self in (StepOutcome.PENDING, StepOutcome.SILENCED)


class CallState(StrEnum):
    """What became of a call."""

    HELD = "held"
    CALLING = "calling"
    REACHED = "reached"
    UNREACHABLE = "unreachable"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"

    @property
    def is_open(self) -> bool:
        """True while the member may still answer it."""
        return self not in (CallState.ANSWERED, CallState.WITHDRAWN)


class Purpose(StrEnum):
    """What a call asks for: take the incident, or join those who have it."""

    TAKE = "take"
    JOIN = "join"


class PlannedStep(Frozen):
    """A step in its round, both counted from 1, and when it is due. Step 0 is the last resort."""

    round: int = Field(ge=1, le=1000)
    step: int = Field(ge=0, le=50)
    due_at: Timestamp


class PlacedCall(Frozen):
    """A member who is called by a step, and why: `cause`; before there were reasons, `because` said it in words."""

    call_id: UUID
    member_id: UUID
    purpose: Purpose = Purpose.TAKE
    because: Label = ""
    cause: Reason | None = None
    held_until: Timestamp | None = None


class RunStep(PlannedStep):
    """A step of a run and what became of it; `causes` say more, or in older ones `note` in words."""

    fired_at: Timestamp | None = None
    outcome: StepOutcome = StepOutcome.PENDING
    member_ids: list[UUID] = Field(default_factory=list)
    note: Label = ""
    causes: list[Reason] = Field(default_factory=list)


class Attempt(Frozen):
    """One try to reach a member one way."""

    via: Via
    state: Literal["waiting", "requested", "sent", "delivered", "failed"]
    at: Timestamp | None = None
    reason: Label = ""
    cause: Reason | None = None


class Call(Frozen):
    """A member who was called in a run."""

    id: UUID
    member_id: UUID
    round: int
    step: int
    purpose: Purpose
    because: Label = ""
    cause: Reason | None = None
    state: CallState
    called_at: Timestamp
    held_until: Timestamp | None = None
    answered_at: Timestamp | None = None
    attempts: list[Attempt] = Field(default_factory=list)


class EscalationRun(Frozen):
    """One run of a chain for an incident. Timers of an older `generation` than the present are refused."""

    id: UUID
    incident_id: UUID
    trigger: Trigger
    policy_id: UUID | None = None
    policy_name: Label = ""
    policy_version: int | None = None
    why: LongText = ""
    causes: list[Reason] = Field(default_factory=list)
    state: RunState
    generation: int = 1
    started_at: Timestamp
    ended_at: Timestamp | None = None
    end_reason: EndReason | None = None
    silenced_until: Timestamp | None = None
    steps: list[RunStep] = Field(default_factory=list)
    calls: list[Call] = Field(default_factory=list)


class RunningEscalation(Frozen):
    """A run that is under way, with its incident and what comes next, for a live view."""

    run: EscalationRun
    incident_number: str
    incident_title: str
    severity: Severity
    facility_id: UUID
    area_id: UUID | None = None
    next_step: RunStep | None = None


class SimulatedCall(Frozen):
    """Who would be called at a step: `via` names the first way of each; `because_of` says why, by member id."""

    step: int
    round: int = 1
    at: Timestamp
    member_ids: list[UUID]
    via: list[Via]
    because: dict[str, str] = Field(default_factory=dict)
    because_of: dict[str, Reason] = Field(default_factory=dict)
    held_until: dict[str, Timestamp] = Field(default_factory=dict)
    only_if_unacknowledged: bool = True
    note: Label = ""
    causes: list[Reason] = Field(default_factory=list)


class Considered(Frozen):
    """A policy that was looked at, and why it wins, loses or does not match."""

    policy_id: UUID
    name: str
    matches: bool
    why: str
    causes: list[Reason] = Field(default_factory=list)


class Simulation(Frozen):
    """What would happen: the policy (none when the facility has none that fits), why, and who is called when."""

    policy_id: UUID | None
    policy_name: str = ""
    policy_version: int | None = None
    why: str
    causes: list[Reason] = Field(default_factory=list)
    calls: list[SimulatedCall]
    silenced_until: Timestamp | None = None
    considered: list[Considered] = Field(default_factory=list)


class AnswerLink(Frozen):
    """What the link in a notification leads to: whose call, for which incident, and whether it is still wanted."""

    call_id: UUID
    incident_id: UUID
    member_id: UUID
    purpose: Purpose
    state: CallState
    incident_number: str
    incident_title: str
    taken_by: UUID | None = None
    taken_at: Timestamp | None = None


class Heartbeat(Frozen):
    """Whether the engine breathes: its last beat went the whole way from the database over the bus and back."""

    alive: bool
    last_beat_at: Timestamp | None
    overdue_steps: int
    reason: str = ""
