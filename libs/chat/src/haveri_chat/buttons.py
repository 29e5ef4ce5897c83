"""What a press on a button asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from haveri_chat import requests as ask
from haveri_chat.requests import Misunderstood, Reason, Request
from haveri_chat.vocabulary import severity_of
from haveri_contracts.plain import Status

Reader = Callable[[str, str], Request | None]


def pressed(data: Mapping[str, str]) -> Request | Misunderstood:
    """The request behind a button's `data`; Misunderstood for a button this version does not know. Never raises."""
    verb, value = str(data.get("verb", "")), str(data.get("value", ""))
    if verb == "incident":
        return ask.Declare()
    reader, incident = _READERS.get(verb), _incident(data)
    request = reader(value, incident) if reader is not None and incident is not None else None
    return request or Misunderstood(Reason.STALE_BUTTON, "", verb[:40], "/help")


def _incident(data: Mapping[str, str]) -> str | None:
    try:
        return str(UUID(str(data.get("incident", ""))))
    except ValueError:
        return None


def _status(value: str, incident: str) -> Request | None:
    return ask.SetStatus(Status(value), incident=incident) if value in {*Status} else None


def _severity(value: str, incident: str) -> Request | None:
    severity = severity_of(value)
    return ask.SetSeverity(severity, incident=incident) if severity else None


_READERS: dict[str, Reader] = {
    "ack": lambda _, incident: ask.Acknowledge(incident),
    "status": _status,
    "sev": _severity,
    "lead": lambda value, incident: ask.NameLead(me=value == "me", incident=incident),
    "comms": lambda value, incident: ask.NameCommsLead(me=value == "me", incident=incident),
    "did": lambda _, incident: ask.LogAction(incident=incident),
    "note": lambda _, incident: ask.AddNote(incident=incident),
    "escalate": lambda _, incident: ask.CallForHelp(ask=True, incident=incident),
    "resolve": lambda _, incident: ask.Resolve(incident=incident),
    "amend": lambda _, incident: ask.Amend(incident),
    "close": lambda _, incident: ask.Close(incident),
    "reopen": lambda _, incident: ask.Reopen(incident=incident),
    "timeline": lambda _, incident: ask.ShowTimeline(incident),
}
