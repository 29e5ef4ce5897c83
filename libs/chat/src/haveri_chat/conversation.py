"""What to do about a request: pure decisions, in the words of the person who asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from haveri_chat import answers, incident_requests
from haveri_chat import requests as ask
from haveri_chat.decisions import (
    AnswerPrivately,
    AskIncidents,
    AskOnCall,
    AskTimeline,
    Decision,
    OpenForm,
    SendCommand,
    Where,
)
from haveri_chat.forms import Form
from haveri_chat.forms.incident import LONG, SHORT, FormMaker
from haveri_chat.incident_requests import Asked
from haveri_chat.naming import find_named
from haveri_chat.places import Located, home_facilities, locate
from haveri_chat.plant import Plant, Who
from haveri_chat.requests import Misunderstood, Request
from haveri_chat.texts import say
from haveri_chat.tidying import shortened
from haveri_contracts.incident.commands import DeclareIncident
from haveri_contracts.incident.queries import ListIncidents
from haveri_contracts.plain import Severity, Status
from haveri_contracts.types import Page

OPEN = [Status.DECLARED, Status.INVESTIGATING, Status.MITIGATED]
LISTED = 20


def interpret(
    request: Request | Misunderstood,
    who: Who,
    where: Where,
    plant: Plant,
    *,
    new_id: Callable[[], UUID],
    now: datetime | None = None,
) -> Decision:
    """Decide about a request. `new_id` gives UUIDv7s; `now`, when given, fills in how long an incident has lasted."""
    if isinstance(request, Misunderstood):
        return AnswerPrivately(answers.misunderstood(who.locale, request))
    conversation = _Conversation(who, where, plant, FormMaker(who.locale, plant, new_id), now)
    return conversation.decide(request)


@dataclass(frozen=True)
class _Conversation:
    who: Who
    where: Where
    plant: Plant
    forms: FormMaker
    now: datetime | None

    def decide(self, request: Request) -> Decision:
        match request:
            case ask.ShowHelp():
                return AnswerPrivately(answers.help_card(self.who))
            case ask.WhoIsOnCall():
                return self._on_call(request)
            case ask.ShowIncidents():
                query = ListIncidents(status=OPEN, q=request.words, page=Page(limit=LISTED))
                return AskIncidents(query)
            case ask.Declare():
                return self._declare(request) if self.who.may_respond else self._not_allowed()
            case _:
                return self._about_incident(request)

    def _not_allowed(self) -> AnswerPrivately:
        return AnswerPrivately(say(self.who.locale, "refusal.role-not-sufficient"))

    def _on_call(self, request: ask.WhoIsOnCall) -> Decision:
        if not request.words:
            home = home_facilities(self.who, self.plant)
            wanted = [item.id for item in self.plant.facilities if item.id in home]
            return AskOnCall(tuple(wanted or self.plant.facility))
        found = find_named(request.words, self.plant.facilities)
        if found.item is not None:
            return AskOnCall((found.item.id,))
        names = found.near or tuple(item.name for item in self.plant.facilities)
        return AnswerPrivately(answers.no_such(self.who.locale, "facility", request.words, names))

    # Declaring

    def _declare(self, request: ask.Declare) -> Decision:
        located = locate(request, self.who, self.plant)
        title, description = _title_and_description(located.title, request.details)
        if len(description) > LONG:
            return AnswerPrivately(answers.too_long(self.who.locale, len(description), LONG))
        if not title or located.facility_id is None:
            return OpenForm(self._form(request, located, title, description))
        command = DeclareIncident(
            incident_id=self.forms.new_id(),
            title=title,
            severity=request.severity or Severity.SEV2,
            facility_id=located.facility_id,
            area_id=located.area_id,
            asset_ids=list(located.asset_ids),
            description=description,
        )
        return SendCommand(command, answers.unknown_places(self.who.locale, located.unknown))

    def _form(self, request: ask.Declare, located: Located, title: str, description: str) -> Form:
        return self.forms.declare(
            what=title,
            severity=request.severity,
            facility_id=located.facility_id,
            area_id=located.area_id,
            asset_id=located.asset_ids[0] if located.asset_ids else None,
            description=description,
        )

    # About one incident

    def _about_incident(self, request: ask.IncidentRequest) -> Decision:
        request = _as_meant_here(request, self.where)
        incident = self.where.addressed if request.incident else self.where.here
        if incident is None:
            key = "refusal.incident-unknown" if request.incident else "answer.which_incident"
            return AnswerPrivately(say(self.who.locale, key))
        if isinstance(request, ask.ShowTimeline):
            return AskTimeline(incident)
        if not self.who.may_respond:
            return self._not_allowed()
        return incident_requests.decide(request, Asked(incident, self.who, self.plant, self.forms, self.now))


def _title_and_description(headline: str, details: str) -> tuple[str, str]:
    """A title of at most 200 characters; when it had to be cut, the description begins with all of it."""
    title = shortened(headline, SHORT)
    whole = "\n".join(part for part in ("" if title == headline else headline, details) if part)
    return title, whole


def _as_meant_here(request: ask.IncidentRequest, where: Where) -> ask.IncidentRequest:
    """In an incident's channel, text that begins with another incident's number speaks about it, not to it."""
    number = request.incident
    elsewhere = where.here is not None and (where.addressed is None or where.addressed.id != where.here.id)
    if number is None or not elsewhere or not number.startswith("INC-"):
        return request
    match request:
        case ask.LogAction(text=text) | ask.AddNote(text=text) | ask.Resolve(text=text) if text:
            return replace(request, text=f"{number} {text}"[:LONG], incident=None)
        case ask.Reopen(reason=reason) if reason:
            return replace(request, reason=f"{number} {reason}"[:LONG], incident=None)
        case ask.FollowUp(what=what) if what:
            return replace(request, what=f"{number} {what}"[:LONG], incident=None)
        case _:
            return request
