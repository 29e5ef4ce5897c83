"""The incident's state: a fold over its events, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import singledispatch
from uuid import UUID

from haveri_contracts.plain import Severity, Status
from haveri_incident.domain.events import (
    Acknowledged,
    AcknowledgementExpired,
    ChatLinked,
    Closed,
    CommsLeadAssigned,
    Declared,
    IncidentEvent,
    LeadAssigned,
    Reopened,
    Resolved,
    SeverityChanged,
    StatusUpdated,
    SummaryAmended,
)
from haveri_incident.domain.values import FollowUp, Summary


@dataclass(frozen=True, slots=True)
class IncidentState:
    """An incident as its events so far have made it. Times are aware and in UTC."""

    id: UUID
    number: str
    title: str
    description: str
    status: Status
    severity: Severity
    declared_by: str
    declared_at: datetime
    facility_id: UUID
    area_id: UUID | None
    asset_ids: tuple[UUID, ...]
    assigned_to: UUID | None
    tags: tuple[str, ...]
    updated_at: datetime
    version: int
    comms_lead: UUID | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: UUID | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    chat_channel_ref: str | None = None
    global_channel_ref: str | None = None
    global_message_ref: str | None = None
    summary: Summary | None = None
    follow_ups: tuple[FollowUp, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """An event in its place: the incident's version after it, and when Haveri learnt of it."""

    incident_id: UUID
    version: int
    event: IncidentEvent
    recorded_at: datetime


class BrokenHistoryError(ValueError):
    """The events do not begin with a declaration or leave out a version."""


def evolve(state: IncidentState | None, fact: Fact) -> IncidentState:
    """The state after one more fact; raises BrokenHistoryError when the fact does not follow."""
    if state is None:
        if not isinstance(fact.event, Declared) or fact.version != 1:
            raise BrokenHistoryError(f"incident {fact.incident_id} does not begin with its declaration")
        return _declared(fact, fact.event)
    if fact.version != state.version + 1:
        raise BrokenHistoryError(f"incident {state.id}: version {fact.version} cannot follow {state.version}")
    return replace(_apply(fact.event, state), version=fact.version, updated_at=fact.recorded_at)


def fold(facts: Iterable[Fact]) -> IncidentState | None:
    """The state that a history gives, in the order of versions; None for no history."""
    state: IncidentState | None = None
    for fact in facts:
        state = evolve(state, fact)
    return state


def _declared(fact: Fact, event: Declared) -> IncidentState:
    return IncidentState(
        id=fact.incident_id,
        number=event.number,
        title=event.title,
        description=event.description,
        status=Status.DECLARED,
        severity=event.severity,
        declared_by=event.declared_by,
        declared_at=event.declared_at,
        facility_id=event.facility_id,
        area_id=event.area_id,
        asset_ids=event.asset_ids,
        assigned_to=event.assigned_to,
        tags=event.tags,
        updated_at=fact.recorded_at,
        version=1,
    )


@singledispatch
def _apply(_event: object, state: IncidentState) -> IncidentState:
    """Events that are told on the timeline only leave the state as it is."""
    return state


@_apply.register
def _(event: StatusUpdated, state: IncidentState) -> IncidentState:
    return replace(state, status=event.status)


@_apply.register
def _(event: SeverityChanged, state: IncidentState) -> IncidentState:
    return replace(state, severity=event.severity)


@_apply.register
def _(event: Acknowledged, state: IncidentState) -> IncidentState:
    return replace(state, acknowledged_at=event.acknowledged_at, acknowledged_by=event.member_id)


@_apply.register
def _(_event: AcknowledgementExpired, state: IncidentState) -> IncidentState:
    return _nobodys(state)


@_apply.register
def _(event: LeadAssigned, state: IncidentState) -> IncidentState:
    return replace(state, assigned_to=event.member_id)


@_apply.register
def _(event: CommsLeadAssigned, state: IncidentState) -> IncidentState:
    return replace(state, comms_lead=event.member_id)


@_apply.register
def _(event: Resolved, state: IncidentState) -> IncidentState:
    return replace(state, status=Status.RESOLVED, summary=event.summary, resolved_at=event.resolved_at)


@_apply.register
def _(event: SummaryAmended, state: IncidentState) -> IncidentState:
    return replace(state, summary=event.summary)


@_apply.register
def _(event: Closed, state: IncidentState) -> IncidentState:
    return replace(
        state, status=Status.CLOSED, closed_at=event.closed_at, follow_ups=state.follow_ups + event.follow_ups
    )


@_apply.register
def _(event: Reopened, state: IncidentState) -> IncidentState:
    reopened = replace(state, status=Status.INVESTIGATING, resolved_at=None, closed_at=None)
    return _nobodys(reopened) if event.clears_acknowledgement else reopened


@_apply.register
def _(event: ChatLinked, state: IncidentState) -> IncidentState:
    return replace(
        state,
        chat_channel_ref=event.chat_channel_ref or state.chat_channel_ref,
        global_channel_ref=event.global_channel_ref or state.global_channel_ref,
        global_message_ref=event.global_message_ref or state.global_message_ref,
    )


def _nobodys(state: IncidentState) -> IncidentState:
    """The incident as one that somebody has yet to take."""
    return replace(state, acknowledged_at=None, acknowledged_by=None)
