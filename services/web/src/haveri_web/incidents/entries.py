"""Timeline entries as pages show them: who, what kind, in which words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from haveri_contracts.message import find
from haveri_contracts.plain import EntryType
from haveri_contracts.timeline.models import TimelineEntry
from haveri_contracts.types import actor_member_id
from haveri_directory_copy.directory import UTC_ZONE, Directory, name_in
from haveri_web.escalations.words import EscalationWords
from haveri_web.incidents.attachments import FileView, file_view
from haveri_web.policies.reasons import ReasonWords
from haveri_web.texts import CATALOGUE, Translate

_LATE = timedelta(seconds=90)
_TONES: dict[str, str] = {
    EntryType.DECLARED: "alarm",
    EntryType.ESCALATION: "warn",
    EntryType.SEVERITY_CHANGE: "warn",
    EntryType.REOPENED: "warn",
    EntryType.STATUS_CHANGE: "change",
    EntryType.ASSIGNMENT: "change",
    EntryType.COMMS_ASSIGNMENT: "change",
    EntryType.ACKNOWLEDGEMENT: "done",
    EntryType.ACTION_TAKEN: "done",
    EntryType.SUMMARY: "done",
}
_TONES_BY_NAME = {
    "notification_failed": "warn",
    "notification_answered": "done",
    "acknowledgement_expired": "warn",
    "ended": "plain",
    "step_skipped": "plain",
    "silenced": "plain",
    "resumed": "plain",
    "steps_replanned": "plain",
}


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry in words. `edited_to` and `deleted_by` say what later became of a message."""

    seq: int
    type: str
    tone: str
    who: str
    label: str
    occurred_at: datetime
    recorded_at: datetime
    detail: str = ""
    text: str = ""
    command: str = ""
    file: FileView | None = None
    edited_to: str | None = None
    deleted_by: str = ""
    about_seq: int | None = None
    new_day: bool = False
    as_of_url: str = ""

    @property
    def late(self) -> bool:
        """True when it was learnt of well after it happened."""
        return self.recorded_at - self.occurred_at > _LATE

    @property
    def late_day(self) -> bool:
        """True when that was so much later that the date matters."""
        return self.recorded_at - self.occurred_at > timedelta(hours=12)


class Narrator:
    """Puts entries into words with the names of one organisation's directory, in one language."""

    def __init__(self, directory: Directory, t: Translate) -> None:
        self._directory = directory
        self._t = t
        self._reasons = ReasonWords(directory, t)

    def describe(self, entry: TimelineEntry, incident_name: str, zone: ZoneInfo = UTC_ZONE) -> EntryView:
        """One entry by itself; `zone` is the facility's, for moments in sentences."""
        if find(entry.source_type) is None:
            return self._newer(entry)
        payload = entry.payload
        said = EscalationWords(self._t, self.member, zone, self._reasons).describe(entry.source_type, payload)
        return EntryView(
            seq=entry.seq,
            type=EntryType.of(entry.type).value,
            tone=_tone(entry),
            who=self._who(entry),
            label=self._label(entry),
            occurred_at=entry.occurred_at,
            recorded_at=entry.recorded_at,
            detail=said.detail if said else self._detail(entry),
            text=said.text if said else _text(entry),
            command=str(payload.get("command") or ""),
            file=file_view(payload, incident_name) if entry.type is EntryType.ATTACHMENT else None,
        )

    def _newer(self, entry: TimelineEntry) -> EntryView:
        # From a service that is newer than these pages: whatever stands in its payload, this much can be said.
        return EntryView(
            seq=entry.seq,
            type=EntryType.of(entry.type).value,
            tone="plain",
            who=self.actor(entry.actor),
            label=self._label(entry),
            occurred_at=entry.occurred_at,
            recorded_at=entry.recorded_at,
            detail=_name(entry).replace("_", " "),
            text=_text(entry),
        )

    def describe_all(
        self, entries: Sequence[TimelineEntry], incident_name: str, zone: ZoneInfo = UTC_ZONE
    ) -> list[EntryView]:
        """A timeline, in the order in which things happened, messages joined with their edits and deletions."""
        views = {entry.seq: self.describe(entry, incident_name, zone) for entry in entries}
        posted: dict[str, int] = {}
        for entry in entries:
            reference = str(entry.payload.get("message_ref") or "")
            if entry.type is EntryType.MESSAGE and reference:
                posted[reference] = entry.seq
            elif reference in posted and entry.type in (EntryType.MESSAGE_EDITED, EntryType.MESSAGE_DELETED):
                self._join(views, posted[reference], entry)
        return sorted(views.values(), key=lambda view: (view.occurred_at, view.seq))

    def _join(self, views: dict[int, EntryView], about: int, entry: TimelineEntry) -> None:
        views[entry.seq] = replace(views[entry.seq], about_seq=about)
        if entry.type is EntryType.MESSAGE_EDITED:
            views[about] = replace(views[about], edited_to=str(entry.payload.get("text") or ""))
        else:
            views[about] = replace(views[about], deleted_by=self._who(entry))

    def member(self, member_id: UUID | str | None) -> str:
        """A member's name; empty for nobody, the start of the id for one who has left the directory."""
        return name_in(self._directory.members, member_id)

    def actor(self, actor: str) -> str:
        """Who acts: a member's name, Haveri itself, or the plant system that signals."""
        member_id = actor_member_id(actor)
        if member_id:
            return self.member(member_id)
        kind, _, name = actor.partition(":")
        return self._t("app.name") if kind == "system" else name

    def _who(self, entry: TimelineEntry) -> str:
        author = entry.payload.get("author")
        if isinstance(author, dict):
            return self.member(author.get("member_id")) or str(author.get("display_name") or "?")
        return self.actor(entry.actor)

    def _label(self, entry: TimelineEntry) -> str:
        own = f"entry.{_name(entry)}"
        return self._t(own if own in CATALOGUE else f"entry.{EntryType.of(entry.type)}")

    def _detail(self, entry: TimelineEntry) -> str:
        payload = entry.payload
        match entry.type:
            case EntryType.DECLARED:
                return f"{payload.get('severity', '')} · {payload.get('title', '')}"
            case EntryType.STATUS_CHANGE | EntryType.REOPENED:
                return self._status_change(entry)
            case EntryType.SEVERITY_CHANGE:
                return f"{payload.get('old_severity', '')} → {payload.get('severity', '')}"
            case EntryType.ASSIGNMENT | EntryType.COMMS_ASSIGNMENT:
                before = self.member(payload.get("old_member_id")) or self._t("timeline.first_time")
                return f"{before} → {self.member(payload.get('member_id'))}"
            case EntryType.ESCALATION:
                return ", ".join(self._called(payload))
            case _:
                return str(payload.get("what") or "")

    def _status_change(self, entry: TimelineEntry) -> str:
        after = {"resolved": "RESOLVED", "closed": "CLOSED", "reopened": "INVESTIGATING"}
        name = _name(entry)
        new = str(entry.payload.get("status") or after.get(name, ""))
        old = str(entry.payload.get("old_status") or ("RESOLVED" if name == "closed" else ""))
        said = " → ".join(self._t(f"status.{status}") for status in (old, new) if status)
        left = entry.payload.get("follow_ups")
        return f"{said} · {self._t('timeline.many_follow_ups', count=len(left))}" if left else said

    def _called(self, payload: dict[str, Any]) -> Iterable[str]:
        for member_id in payload.get("member_ids") or []:
            yield self.member(member_id)
        for team_id in payload.get("team_ids") or []:
            yield name_in(self._directory.teams, team_id)


def _name(entry: TimelineEntry) -> str:
    return entry.source_type.rsplit(".", 2)[-2] if entry.source_type.count(".") >= 3 else ""


def _tone(entry: TimelineEntry) -> str:
    return _TONES_BY_NAME.get(_name(entry)) or _TONES.get(entry.type, "plain")


def _text(entry: TimelineEntry) -> str:
    payload = entry.payload
    summary = payload.get("summary")
    if isinstance(summary, dict):
        return str(summary.get("what_happened") or "")
    for name in ("text", "note", "reason", "description"):
        if payload.get(name):
            return str(payload[name])
    return ""
