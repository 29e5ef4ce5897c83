"""What a press on a button asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from haveri_chat import requests as ask
from haveri_chat.requests import Misunderstood, Reason, Request
from haveri_chat.vocabulary import severity_of
from haveri_contracts.plain import Status

Reader = Callable[[Mapping[str, str], str], Request | None]


def pressed(data: Mapping[str, str]) -> Request | Misunderstood:
    """The request behind a button's `data`; Misunderstood for a button this version does not know. Never raises."""
    verb = str(data.get("verb", ""))
    if verb == "incident":
        return ask.Declare()
    reader, incident = _READERS.get(verb), _incident(data)
    request = reader(data, incident) if reader is not None and incident is not None else None
    return request or Misunderstood(Reason.STALE_BUTTON, "", verb[:40], "/help")


def _incident(data: Mapping[str, str]) -> str | None:
    try:
        return str(UUID(str(data.get("incident", ""))))
    except ValueError:
        return None


def _value(data: Mapping[str, str]) -> str:
    return str(data.get("value", ""))


def _status(data: Mapping[str, str], incident: str) -> Request | None:
    value, seen = _value(data), str(data.get("seen", ""))
    if value not in {*Status}:
        return None
    return ask.SetStatus(Status(value), incident=incident, seen=Status(seen) if seen in {*Status} else None)


def _severity(data: Mapping[str, str], incident: str) -> Request | None:
    severity = severity_of(_value(data))
    return ask.SetSeverity(severity, incident=incident) if severity else None


def _join(data: Mapping[str, str], incident: str) -> Request | None:
    try:
        return ask.JoinCall(UUID(str(data.get("call", ""))), incident)
    except ValueError:
        return None


_READERS: dict[str, Reader] = {
    "ack": lambda _, incident: ask.Acknowledge(incident),
    "take": lambda _, incident: ask.TakeCall(incident),
    "join": _join,
    "status": _status,
    "sev": _severity,
    "lead": lambda data, incident: ask.NameLead(me=_value(data) == "me", incident=incident),
    "comms": lambda data, incident: ask.NameCommsLead(me=_value(data) == "me", incident=incident),
    "did": lambda _, incident: ask.LogAction(incident=incident),
    "note": lambda _, incident: ask.AddNote(incident=incident),
    "escalate": lambda _, incident: ask.CallForHelp(ask=True, incident=incident),
    "resolve": lambda _, incident: ask.Resolve(incident=incident),
    "amend": lambda _, incident: ask.Amend(incident),
    "close": lambda _, incident: ask.Close(incident),
    "reopen": lambda _, incident: ask.Reopen(incident=incident),
    "timeline": lambda _, incident: ask.ShowTimeline(incident),
}
