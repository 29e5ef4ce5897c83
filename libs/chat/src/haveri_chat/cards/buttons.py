"""Which buttons make sense in which status."""

from __future__ import annotations

from haveri_chat.cards import Button, Style
from haveri_chat.texts import say
from haveri_contracts.incident.models import Incident
from haveri_contracts.plain import Severity, Status

NEXT_STATUSES: dict[Status, tuple[Status, ...]] = {
    Status.DECLARED: (Status.INVESTIGATING, Status.MITIGATED),
    Status.INVESTIGATING: (Status.MITIGATED,),
    Status.MITIGATED: (Status.INVESTIGATING,),
}
"""The statuses that one press may lead to; resolving and closing ask questions first."""


def incident_buttons(incident: Incident, locale: str) -> tuple[Button, ...]:
    """The buttons of the workflow card, the likeliest first."""
    if incident.status.is_open:
        return _while_open(incident, locale)
    first = [_form(incident, "close", locale, Style.PRIMARY)] if incident.status is Status.RESOLVED else []
    rest = [_form(incident, verb, locale) for verb in ("amend", "note")]
    return (*first, *rest, reopen_button(incident, locale))


def reopen_button(incident: Incident, locale: str) -> Button:
    """Opens the form that takes the incident up again."""
    return _form(incident, "reopen", locale)


def _while_open(incident: Incident, locale: str) -> tuple[Button, ...]:
    buttons: list[Button] = []
    if incident.acknowledged_at is None:
        buttons.append(_press(incident, "ack", "", say(locale, "button.ack"), Style.PRIMARY))
    for status in NEXT_STATUSES[incident.status]:
        buttons.append(_press(incident, "status", status, say(locale, f"status.{status}")))
    buttons.append(_form(incident, "did", locale))
    buttons.append(_form(incident, "resolve", locale, _resolve_style(incident)))
    buttons.append(_form(incident, "escalate", locale, Style.DANGER))
    buttons.append(_press(incident, "lead", "me", say(locale, "button.take_lead")))
    buttons.extend(_form(incident, verb, locale) for verb in ("lead", "comms", "note"))
    for severity in Severity:
        if severity is not incident.severity:
            buttons.append(_press(incident, "sev", severity[-1], say(locale, "button.severity", severity=severity)))
    return tuple(buttons)


def _resolve_style(incident: Incident) -> Style:
    return Style.PRIMARY if incident.status is Status.MITIGATED else Style.PLAIN


def _press(incident: Incident, verb: str, value: str, label: str, style: Style = Style.PLAIN) -> Button:
    nonce = f"{incident.version}.{verb}.{value}"
    data = {"verb": verb, "incident": str(incident.id), "nonce": nonce, "value": value}
    if verb == "status":
        # A card that was overtaken must not move an incident that stands elsewhere by now.
        data["seen"] = incident.status.value
    return Button(verb, label, data, style)


def _form(incident: Incident, verb: str, locale: str, style: Style = Style.PLAIN) -> Button:
    data = {"verb": verb, "incident": str(incident.id), "nonce": f"{incident.version}.{verb}"}
    return Button(verb, say(locale, f"button.{verb}"), data, style, opens_form=True)
