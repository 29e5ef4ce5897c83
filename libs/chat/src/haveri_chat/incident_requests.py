"""What to do about a request concerning one incident that is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from haveri_chat import answers
from haveri_chat import requests as ask
from haveri_chat.callees import find_callee
from haveri_chat.decisions import AnswerPrivately, Decision, OpenForm, SendCommand
from haveri_chat.forms.incident import FormMaker
from haveri_chat.moments import day
from haveri_chat.naming import find_member
from haveri_chat.plant import Plant, Who
from haveri_chat.requests import Person
from haveri_chat.texts import say
from haveri_chat.tidying import shortened
from haveri_contracts.escalation.commands import AnswerCall
from haveri_contracts.incident import commands as order
from haveri_contracts.incident.models import Incident
from haveri_contracts.plain import EntryType, Status

LONG = 8000


@dataclass(frozen=True)
class Asked:
    """The incident that is meant, and who asks."""

    incident: Incident
    who: Who
    plant: Plant
    forms: FormMaker
    now: datetime | None

    def told(self, key: str, **values: object) -> AnswerPrivately:
        """An answer in the person's language."""
        return AnswerPrivately(say(self.who.locale, key, **values))


class _Unclear(Exception):
    """It is not clear who is meant; carries the answer."""

    def __init__(self, answer: AnswerPrivately) -> None:
        super().__init__()
        self.answer = answer


def decide(request: ask.IncidentRequest, asked: Asked) -> Decision:
    """The command, form or answer; whether a command is allowed now is the incident service's to say."""
    try:
        return _decide(request, asked)
    except _Unclear as unclear:
        return unclear.answer


def _decide(request: ask.IncidentRequest, asked: Asked) -> Decision:  # noqa: PLR0911 - one line for each kind
    incident = asked.incident
    match request:
        case ask.Acknowledge() | ask.TakeCall():
            return SendCommand(order.Acknowledge(incident_id=incident.id))
        case ask.JoinCall(call_id=call_id):
            return SendCommand(AnswerCall(incident_id=incident.id, call_id=call_id))
        case ask.SetStatus():
            return _status(request, asked)
        case ask.SetSeverity(severity=severity, reason=reason):
            return SendCommand(order.ChangeSeverity(incident_id=incident.id, severity=severity, reason=reason))
        case ask.NameLead():
            return _lead(request, asked)
        case ask.NameCommsLead():
            return _comms(request, asked)
        case ask.LogAction(text=text):
            return _logged("did", EntryType.ACTION_TAKEN, text, asked)
        case ask.AddNote(text=text):
            return _logged("note", EntryType.ANNOTATION, text, asked)
        case ask.CallForHelp():
            return _escalate(request, asked)
        case _:
            return _ending(request, asked)


def _ending(request: ask.IncidentRequest, asked: Asked) -> Decision:
    match request:
        case ask.Resolve(text=text):
            return _resolve(text, asked)
        case ask.Amend():
            return _amend(asked)
        case ask.Close():
            return _close(asked)
        case ask.Reopen(reason=reason):
            return _reopen(reason, asked)
        case ask.FollowUp():
            return _follow_up(request, asked)
        case _:
            return asked.told("misunderstood.stale-button")


def _status(request: ask.SetStatus, asked: Asked) -> Decision:
    if request.status is Status.RESOLVED:
        return _resolve(request.note, asked)
    if request.status is Status.CLOSED:
        return _close(asked)
    present = asked.incident.status
    # Where it is as wished already, the owner answers: the press may be one whose outcome was never told.
    if request.seen is not None and present not in (request.seen, request.status):
        return asked.told("refusal.card-overtaken", status=say(asked.who.locale, f"status.{present}"))
    return SendCommand(order.UpdateStatus(incident_id=asked.incident.id, status=request.status, note=request.note))


def _lead(request: ask.NameLead, asked: Asked) -> Decision:
    if request.person is None and not request.me:
        return OpenForm(asked.forms.person("lead", asked.incident))
    return SendCommand(order.AssignLead(incident_id=asked.incident.id, member_id=_member(request, asked)))


def _comms(request: ask.NameCommsLead, asked: Asked) -> Decision:
    if request.person is None and not request.me:
        return OpenForm(asked.forms.person("comms", asked.incident))
    return SendCommand(order.AssignCommsLead(incident_id=asked.incident.id, member_id=_member(request, asked)))


def _member(request: ask.NameLead | ask.NameCommsLead, asked: Asked) -> UUID:
    return asked.who.member.id if request.person is None else _found(request.person, asked)


def _found(person: Person, asked: Asked) -> UUID:
    found = find_member(person, asked.plant)
    if found.item is None:
        raise _Unclear(AnswerPrivately(answers.no_such(asked.who.locale, "member", person.name, found.near)))
    return found.item.id


def _logged(verb: str, type: EntryType, text: str, asked: Asked) -> Decision:
    if not text:
        return OpenForm(asked.forms.text(verb, asked.incident))
    command = order.AddEvent.model_validate({"incident_id": asked.incident.id, "type": type, "text": text})
    return SendCommand(command, say(asked.who.locale, "done.logged"))


def _escalate(request: ask.CallForHelp, asked: Asked) -> Decision:
    if not asked.incident.status.is_open:
        return asked.told("refusal.incident-already-resolved")
    if request.ask:
        return OpenForm(asked.forms.escalate(asked.incident))
    locale, incident_id = asked.who.locale, asked.incident.id
    members = [_found(person, asked) for person in request.people]
    if members:
        command = order.Escalate(incident_id=incident_id, member_ids=members, reason=request.words)
        names = ", ".join(asked.plant.member[member].name for member in members)
        return SendCommand(command, say(locale, "done.escalated_to", names=names))
    if not request.words:
        return SendCommand(order.Escalate(incident_id=incident_id), say(locale, "done.escalated"))
    return _escalate_to(request.words, asked)


def _escalate_to(words: str, asked: Asked) -> Decision:
    """To the policy, team or member of this name; those of the incident's plant come first."""
    locale, incident = asked.who.locale, asked.incident
    found = find_callee(words, asked.plant, incident.facility_id)
    if found.item is None:
        return AnswerPrivately(answers.no_such(locale, "callee", words, found.near))
    command = order.Escalate.model_validate({"incident_id": incident.id, **found.item.named})
    return SendCommand(command, say(locale, "done.escalated_to", names=found.item.name))


def _resolve(text: str, asked: Asked) -> Decision:
    if not asked.incident.status.is_open:
        closed = asked.incident.status is Status.CLOSED
        return asked.told("refusal.incident-already-closed" if closed else "refusal.incident-already-resolved")
    return OpenForm(asked.forms.summary("resolve", asked.incident, text=text, now=asked.now))


def _amend(asked: Asked) -> Decision:
    if asked.incident.status.is_open:
        return asked.told("refusal.incident-not-resolved")
    return OpenForm(asked.forms.summary("amend", asked.incident))


def _close(asked: Asked) -> Decision:
    if asked.incident.status is Status.RESOLVED:
        return OpenForm(asked.forms.close(asked.incident))
    open_still = asked.incident.status.is_open
    return asked.told("refusal.incident-not-resolved" if open_still else "refusal.incident-already-closed")


def _reopen(reason: str, asked: Asked) -> Decision:
    if asked.incident.status.is_open:
        return asked.told("refusal.incident-still-open")
    if not reason:
        return OpenForm(asked.forms.text("reopen", asked.incident))
    return SendCommand(order.ReopenIncident(incident_id=asked.incident.id, reason=reason))


def _follow_up(request: ask.FollowUp, asked: Asked) -> Decision:
    """Before the incident is resolved it is kept as a note; then the close form opens with it."""
    if not request.what:
        return asked.told("answer.follow_up_what")
    member_id = _found(request.person, asked) if request.person else None
    if asked.incident.status is Status.RESOLVED:
        return OpenForm(asked.forms.close(asked.incident, request, member_id))
    locale = asked.plant.locale
    who = asked.plant.member[member_id].name if member_id else ""
    due = day(request.due, locale) if request.due else ""
    kept = say(locale, "follow_up.kept", what=request.what) + "".join(f", {part}" for part in (who, due) if part)
    command = order.AddEvent(incident_id=asked.incident.id, type=EntryType.ANNOTATION, text=shortened(kept, LONG))
    return SendCommand(command, say(asked.who.locale, "done.follow_up"))
