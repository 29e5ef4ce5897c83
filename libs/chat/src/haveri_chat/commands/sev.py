"""`/sev <1-3>`: how bad it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from haveri_chat.cards import Button
from haveri_chat.commands.base import Context, IncidentRequest, Request, Typed, incident_of
from haveri_chat.decisions import Decision, SendCommand
from haveri_chat.requests import Misunderstood, Reason
from haveri_chat.texts import say
from haveri_chat.tidying import SHORT, one_line
from haveri_contracts.incident import commands
from haveri_contracts.incident.models import Incident
from haveri_contracts.plain import Severity

_SEVERITY = re.compile(r"(?:sev(?:erity)?[\s-]*)?([0-9]+)(?!\w)", re.IGNORECASE)


def severity_of(number: str) -> Severity | None:
    """The severity with this number, None when there is none."""
    return {severity[-1]: severity for severity in Severity}.get(number)


@dataclass(frozen=True)
class SetSeverity(IncidentRequest):
    """Say that it is worse or better than thought."""

    word = "sev"
    usage = "/sev 1|2|3"

    severity: Severity
    reason: str = ""

    @classmethod
    def read(cls, typed: Typed) -> Request | Misunderstood:
        match = _SEVERITY.match(typed.text)
        severity = severity_of(match.group(1)) if match else None
        if match is None or severity is None:
            return Misunderstood(Reason.UNKNOWN_SEVERITY, cls.word, one_line(typed.text)[:SHORT], cls.usage)
        return cls(severity, typed.text[match.end() :].lstrip(" ,:;-–—\n"), incident=typed.incident)

    @classmethod
    def pressed(cls, data: Mapping[str, str]) -> Request:
        return cls(Severity(f"SEV{data.get('value', '')}"), incident=incident_of(data))

    def decide(self, context: Context) -> Decision:
        command = commands.ChangeSeverity(incident_id=context.incident.id, severity=self.severity, reason=self.reason)
        return SendCommand(command)

    @classmethod
    def buttons(cls, incident: Incident, locale: str) -> tuple[Button, ...]:
        others = [severity for severity in Severity if severity is not incident.severity and incident.status.is_open]
        return tuple(
            cls.press_button(incident, say(locale, "button.severity", severity=severity), severity[-1])
            for severity in others
        )
