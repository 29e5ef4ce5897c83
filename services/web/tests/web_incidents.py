"""Incidents and timelines in memory: what the incident and timeline services would answer."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from haveri_contracts.incident import commands, queries
from haveri_contracts.incident.models import Incident
from haveri_contracts.plain import EntryType, Refusal, Severity, Status
from haveri_contracts.refusals import FacilityUnknown, IncidentUnknown
from haveri_contracts.timeline import queries as timeline_queries
from haveri_contracts.timeline.models import RecentEntry, TimelineEntry
from haveri_contracts.types import actor_member_id

_NOTHING = "0" * 64


class Closed(Refusal):
    """It is closed."""

    type = "incident-already-closed"
    title = "The incident is already closed."


class AlreadyAcknowledged(Refusal):
    """Somebody has it."""

    type = "already-acknowledged"
    title = "The incident has been acknowledged already."


class IncidentBook:
    """The incidents of one organisation, every earlier state of them, and their timelines."""

    def __init__(self) -> None:
        self.states: dict[UUID, list[tuple[datetime, Incident]]] = {}
        self.entries: dict[UUID, list[TimelineEntry]] = {}
        self._events = 0

    def carry_out(self, command: Any, actor: str, now: datetime, facilities: set[UUID]) -> dict[str, Any]:
        """Obey; gives the new state as JSON. Raises a Refusal."""
        incident_id = command.incident_id
        if isinstance(command, commands.DeclareIncident):
            if command.facility_id not in facilities:
                raise FacilityUnknown("Look at GET /facilities.")
            state = self._declared(command, actor, now)
        else:
            state = self._changed(command, self.state(incident_id), actor, now)
        self.states.setdefault(incident_id, []).append((now, state))
        return state.model_dump(mode="json")

    def state(self, incident_id: UUID, as_of: datetime | None = None) -> Incident:
        """The incident, now or at a moment. Raises IncidentUnknown."""
        known = [state for at, state in self.states.get(incident_id, []) if as_of is None or at <= as_of]
        if not known:
            raise IncidentUnknown(f"There is no incident {incident_id}.")
        return known[-1]

    def record(
        self,
        incident_id: UUID,
        kind: EntryType,
        source: str,
        payload: dict[str, Any],
        actor: str,
        at: datetime,
        occurred_at: datetime | None = None,
    ) -> TimelineEntry:
        """Add an entry to a timeline."""
        entries = self.entries.setdefault(incident_id, [])
        previous = entries[-1].hash if entries else _NOTHING
        self._events += 1
        entry = TimelineEntry(
            seq=len(entries) + 1,
            event_id=UUID(int=self._events),
            type=kind,
            occurred_at=occurred_at or at,
            recorded_at=at,
            actor=actor,
            source_type=f"haveri.{source}.v1",
            payload=payload,
            hash=hashlib.sha256(f"{previous}{payload}".encode()).hexdigest(),
            previous_hash=previous,
        )
        entries.append(entry)
        return entry

    def answer(self, query: Any, outcomes: dict[UUID, Any]) -> Any:  # noqa: PLR0911 - a table in the shape of code
        """Answer the incident service's and the timeline's queries. Raises a Refusal."""
        match query:
            case queries.GetIncident():
                return self._find(query)
            case queries.ListIncidents():
                return self._list(query)
            case queries.CountIncidents():
                return self._count()
            case queries.GetOutcome():
                if query.command_id not in outcomes:
                    raise IncidentUnknown("No such command.")
                return outcomes[query.command_id]
            case timeline_queries.ListTimeline():
                return self._timeline(query)
            case timeline_queries.ListRecentActivity():
                return self._recent(query)
            case timeline_queries.VerifyTimeline():
                count = len(self.entries.get(query.incident_id, []))
                return timeline_queries.ChainReport(incident_id=query.incident_id, entries=count, intact=True)
        raise AssertionError(f"nobody answers {query}")

    def newest(self) -> list[Incident]:
        """Every incident, newest first."""
        return [states[-1][1] for states in reversed(self.states.values())]

    def _declared(self, command: commands.DeclareIncident, actor: str, now: datetime) -> Incident:
        number = f"INC-{len(self.states) + 1}"
        values = command.model_dump(exclude={"incident_id"})
        self.record(
            command.incident_id,
            EntryType.DECLARED,
            "incident.declared",
            {**command.model_dump(mode="json"), "number": number},
            actor,
            now,
        )
        return Incident(
            id=command.incident_id,
            number=number,
            status=Status.DECLARED,
            declared_by=actor,
            declared_at=now,
            assigned_to=actor_member_id(actor),
            updated_at=now,
            version=1,
            **values,
        )

    def _changed(self, command: Any, state: Incident, actor: str, now: datetime) -> Incident:
        if state.status is Status.CLOSED and not isinstance(command, commands.ReopenIncident | commands.AddEvent):
            raise Closed("Reopen it first.")
        if isinstance(command, commands.Acknowledge) and state.acknowledged_by is not None:
            raise AlreadyAcknowledged("Somebody else has it.")
        kind, source, payload, changes = _effect(command, state, actor, now)
        self.record(state.id, kind, source, payload, actor, now, getattr(command, "occurred_at", None))
        return state.model_copy(update={**changes, "version": state.version + 1, "updated_at": now})

    def _find(self, query: queries.GetIncident) -> Incident:
        for incident_id, states in self.states.items():
            if query.incident in (str(incident_id), states[-1][1].number):
                return self.state(incident_id, query.as_of)
        raise IncidentUnknown(f"There is no incident {query.incident}.")

    def _list(self, query: queries.ListIncidents) -> queries.IncidentList:
        found = [
            it
            for it in self.newest()
            if (not query.status or it.status in query.status)
            and (not query.severity or it.severity in query.severity)
            and query.facility_id in (None, it.facility_id)
            and query.q.lower() in f"{it.number} {it.title}".lower()
        ]
        first = int(query.page.cursor or 0)
        last = first + query.page.limit
        return queries.IncidentList(items=found[first:last], next_cursor=str(last) if len(found) > last else None)

    def _count(self) -> queries.IncidentCounts:
        now = self.newest()
        return queries.IncidentCounts(
            by_status={status: sum(it.status is status for it in now) for status in Status},
            open_by_severity={
                severity: sum(it.severity is severity and it.status.is_open for it in now) for severity in Severity
            },
            unacknowledged=sum(it.status.is_open and it.acknowledged_at is None for it in now),
        )

    def _timeline(self, query: timeline_queries.ListTimeline) -> timeline_queries.TimelinePage:
        found = [
            it
            for it in self.entries.get(query.incident_id, [])
            if (not query.types or it.type in query.types)
            and (query.as_of is None or it.recorded_at <= query.as_of)
            and (query.after is None or it.recorded_at > query.after)
        ][:: -1 if query.newest_first else 1]
        first = int(query.page.cursor or 0)
        last = first + query.page.limit
        return timeline_queries.TimelinePage(
            items=found[first:last], next_cursor=str(last) if len(found) > last else None
        )

    def _recent(self, query: timeline_queries.ListRecentActivity) -> timeline_queries.RecentActivity:
        every = [
            RecentEntry(incident_id=incident_id, **entry.model_dump())
            for incident_id, entries in self.entries.items()
            for entry in entries
        ]
        newest = sorted(every, key=lambda it: it.recorded_at, reverse=True)
        return timeline_queries.RecentActivity(items=newest[: query.limit])


def _effect(  # noqa: PLR0911 - a table in the shape of code
    command: Any, state: Incident, actor: str, now: datetime
) -> tuple[EntryType, str, dict[str, Any], dict[str, Any]]:
    payload = command.model_dump(mode="json")
    old = {"old_status": state.status.value}
    match command:
        case commands.UpdateStatus():
            return EntryType.STATUS_CHANGE, "incident.status_updated", {**payload, **old}, {"status": command.status}
        case commands.ChangeSeverity():
            was = {"old_severity": state.severity.value}
            return (
                EntryType.SEVERITY_CHANGE,
                "incident.severity_changed",
                {**payload, **was},
                {"severity": command.severity},
            )
        case commands.Acknowledge():
            changes = {"acknowledged_at": now, "acknowledged_by": actor_member_id(actor)}
            return EntryType.ACKNOWLEDGEMENT, "incident.acknowledged", payload, changes
        case commands.AssignLead():
            was = {"old_member_id": str(state.assigned_to) if state.assigned_to else None}
            return (
                EntryType.ASSIGNMENT,
                "incident.lead_assigned",
                {**payload, **was},
                {"assigned_to": command.member_id},
            )
        case commands.AssignCommsLead():
            return (
                EntryType.COMMS_ASSIGNMENT,
                "incident.comms_lead_assigned",
                payload,
                {"comms_lead": command.member_id},
            )
        case commands.AddEvent():
            return EntryType(command.type), "incident.event_added", payload, {}
        case commands.Escalate():
            return EntryType.ESCALATION, "incident.escalation_requested", payload, {}
        case commands.ResolveIncident():
            changes = {"status": Status.RESOLVED, "summary": command.summary, "resolved_at": now}
            return EntryType.STATUS_CHANGE, "incident.resolved", {**payload, **old}, changes
        case commands.AmendSummary():
            return EntryType.SUMMARY, "incident.summary_amended", payload, {"summary": command.summary}
        case commands.CloseIncident():
            changes = {"status": Status.CLOSED, "closed_at": now, "follow_ups": command.follow_ups}
            return EntryType.STATUS_CHANGE, "incident.closed", payload, changes
        case commands.ReopenIncident():
            return EntryType.REOPENED, "incident.reopened", {**payload, **old}, {"status": Status.INVESTIGATING}
    raise AssertionError(f"nobody obeys {command}")


def say(
    book: IncidentBook,
    incident_id: UUID,
    member: Any,
    text: str,
    at: datetime,
    reference: str,
    command: str | None = None,
) -> None:
    """Somebody wrote in the incident's channel."""
    payload = {**_chat(incident_id, member, reference), "text": text, "command": command, "posted_at": at.isoformat()}
    book.record(
        incident_id,
        EntryType.MESSAGE,
        "chat.message_posted",
        payload,
        f"member:{member.id}",
        at + timedelta(milliseconds=300),
        at,
    )


def edit(book: IncidentBook, incident_id: UUID, member: Any, text: str, at: datetime, reference: str) -> None:
    """Somebody changed what they wrote."""
    payload = {**_chat(incident_id, member, reference), "text": text, "edited_at": at.isoformat()}
    book.record(incident_id, EntryType.MESSAGE_EDITED, "chat.message_edited", payload, f"member:{member.id}", at)


def take_back(book: IncidentBook, incident_id: UUID, member: Any, at: datetime, reference: str) -> None:
    """Somebody deleted what they wrote."""
    payload = {**_chat(incident_id, member, reference), "deleted_at": at.isoformat()}
    book.record(incident_id, EntryType.MESSAGE_DELETED, "chat.message_deleted", payload, f"member:{member.id}", at)


def share(
    book: IncidentBook,
    incident_id: UUID,
    member: Any,
    at: datetime,
    *,
    file_id: UUID,
    name: str,
    kind: str,
    body: bytes,
    key: str,
) -> None:
    """Somebody shared a file."""
    payload = {
        **_chat(incident_id, member, f"file-{file_id}"),
        "file_id": str(file_id),
        "file_name": name,
        "content_type": kind,
        "size_bytes": len(body),
        "sha256": hashlib.sha256(body).hexdigest(),
        "key": key,
        "shared_at": at.isoformat(),
    }
    book.record(incident_id, EntryType.ATTACHMENT, "chat.file_shared", payload, f"member:{member.id}", at)


def _chat(incident_id: UUID, member: Any, reference: str) -> dict[str, Any]:
    return {
        "incident_id": str(incident_id),
        "platform": "teams",
        "channel_ref": "19:channel",
        "message_ref": reference,
        "author": {"member_id": str(member.id), "display_name": member.name, "platform_user_id": "aad"},
    }
