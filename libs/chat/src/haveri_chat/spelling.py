"""A request written as a person would type it; reading that gives the same request."""

from __future__ import annotations

from haveri_chat import requests as ask
from haveri_chat.declaring import whole_headline
from haveri_chat.requests import Mention, Person, Request, Utterance


def spell(request: Request) -> Utterance:
    """The text, with slash, and its mentions."""
    match request:
        case ask.Declare():
            return Utterance(_declare(request))
        case ask.WhoIsOnCall(words=words):
            return Utterance(_join("/oncall", words))
        case ask.ShowIncidents(words=words):
            return Utterance(_join("/incidents", words))
        case ask.ShowHelp():
            return Utterance("/help")
        case _:
            return _about_incident(request)


def _declare(request: ask.Declare) -> str:
    severity = request.severity.value.lower() if request.severity else ""
    headline = _join("/incident", whole_headline(request.what, request.places), severity)
    return headline + ("\n" + request.details if request.details else "")


def _about_incident(request: ask.IncidentRequest) -> Utterance:  # noqa: PLR0911 - one answer for each kind
    number = request.incident or ""
    match request:
        case ask.NameLead(person=person, me=me):
            return _with_people("/lead", number, (person,) if person else (), "me" if me else "")
        case ask.NameCommsLead(person=person, me=me):
            return _with_people("/comms", number, (person,) if person else (), "me" if me else "")
        case ask.CallForHelp(people=people, words=words):
            return _with_people("/escalate", number, people, words)
        case ask.FollowUp():
            return _follow_up(request, number)
        case ask.SetStatus(status=status, note=note):
            return Utterance(_join("/status", number, status.value.lower(), note))
        case ask.SetSeverity(severity=severity, reason=reason):
            return Utterance(_join("/sev", number, severity.value[-1], reason))
        case ask.Reopen(reason=reason):
            return Utterance(_join("/reopen", number, reason))
        case ask.LogAction(text=text) | ask.AddNote(text=text) | ask.Resolve(text=text):
            return Utterance(_join(_WORDS[type(request)], number, text))
        case _:
            return Utterance(_join(_WORDS[type(request)], number))


_WORDS: dict[type[ask.IncidentRequest], str] = {
    ask.Acknowledge: "/ack",
    ask.LogAction: "/did",
    ask.AddNote: "/note",
    ask.Resolve: "/resolve",
    ask.Amend: "/amend",
    ask.Close: "/close",
    ask.ShowTimeline: "/timeline",
}


def _follow_up(request: ask.FollowUp, number: str) -> Utterance:
    by = f"by {request.due.isoformat()}" if request.due else ""
    person = request.person
    if person is None:
        return Utterance(_join("/followup", number, request.what, by))
    mentions = (_mention(person),) if person.user_id else ()
    return Utterance(_join("/followup", number, f"@{person.name}", request.what, by), mentions)


def _with_people(command: str, number: str, people: tuple[Person, ...], words: str) -> Utterance:
    said = [f"@{person.name}" for person in people]
    mentions = tuple(_mention(person) for person in people if person.user_id)
    return Utterance(_join(command, number, *said, words), mentions)


def _mention(person: Person) -> Mention:
    return Mention(f"@{person.name}", person.user_id or "", person.name)


def _join(*parts: str) -> str:
    return " ".join(part for part in parts if part)
