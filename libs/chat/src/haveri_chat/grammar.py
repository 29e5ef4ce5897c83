"""From what somebody wrote to what they ask for. Never raises; what cannot be understood is said, not guessed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from haveri_chat.declaring import read_declaration
from haveri_chat.requests import (
    Acknowledge,
    AddNote,
    Amend,
    CallForHelp,
    Close,
    FollowUp,
    LogAction,
    Mention,
    Misunderstood,
    NameCommsLead,
    NameLead,
    Person,
    Reason,
    Reopen,
    Request,
    Resolve,
    SetSeverity,
    SetStatus,
    ShowHelp,
    ShowIncidents,
    ShowTimeline,
    Utterance,
    WhoIsOnCall,
)
from haveri_chat.said_dates import take_date
from haveri_chat.tidying import one_line, tidy, trimmed
from haveri_chat.vocabulary import (
    COMMANDS,
    FORMS,
    LONGEST_STATUS,
    ME,
    STATUSES,
    nearest_form,
    nearest_status,
    severity_of,
)

LONGEST_TEXT = 8000
LONGEST_NAME = 200

_WORD = r"[^\W\d_][\w-]*"
_SLASHED = re.compile(rf"/ ?({_WORD})(?=[\s:,.!?]|$)")
_PLAIN = re.compile(rf"({_WORD})(?=[\s:,.!?]|$)")
_GLUED_SEVERITY = re.compile(r"(sev|severity)-?([0-9]+)")
_NUMBER = re.compile(r"INC[- ]?0*([0-9]{1,9})(?=[\s:,]|$)[:,]?\s*", re.IGNORECASE)
_SEVERITY = re.compile(r"(?:sev(?:erity)?[\s-]*)?([0-9]+)(?!\w)", re.IGNORECASE)
_TYPED_PERSON = re.compile(r"(?:^|\s)@(\S+)")


@dataclass(frozen=True)
class _Said:
    """What stands behind the command's word: the text, who is mentioned, and the incident it began with."""

    text: str
    mentions: tuple[Mention, ...]
    incident: str | None


Reader = Callable[[_Said], Request | Misunderstood]


def command_word(text: str, addressed: bool) -> str | None:
    """Which command a text is: its usual name, or the word itself when it is unknown; None for an ordinary message.

    `addressed`: Haveri was mentioned or is spoken to alone, so that no slash is needed. At most 40 characters.
    """
    text = tidy(text)
    head = _SLASHED.match(text)
    if head is None:
        if not addressed:
            return None
        head = _PLAIN.match(text)
    word = head.group(1) if head else (text.split() or ["help"])[0]
    return (_command(word) or word.casefold())[:40]


def parse(utterance: Utterance) -> Request | Misunderstood:
    """What is asked for, by a text that `command_word` takes for a command."""
    text = tidy(utterance.text)
    mentions = tuple(
        Mention(said, mention.user_id, tidy(mention.name) or said)
        for mention in utterance.mentions
        if (said := tidy(mention.text)) and mention.user_id
    )
    if not text:
        return ShowHelp()
    head = _SLASHED.match(text) or _PLAIN.match(text)
    word = head.group(1) if head else text.split()[0]
    command = _command(word)
    if head is None or command is None:
        return Misunderstood(Reason.UNKNOWN_COMMAND, "", word[:LONGEST_NAME], nearest_form(word))
    glued = _GLUED_SEVERITY.fullmatch(word.casefold())
    rest = (glued.group(2) + " " if glued else "") + tidy(re.sub(r"^[:,.!?]", "", text[head.end() :]))
    if len(rest) > LONGEST_TEXT:
        return Misunderstood(Reason.TOO_LONG, command, str(len(rest)), FORMS[command], {"longest": str(LONGEST_TEXT)})
    return _read(command, rest, mentions)


def _command(word: str) -> str | None:
    word = word.casefold()
    return "sev" if _GLUED_SEVERITY.fullmatch(word) else COMMANDS.get(word)


def _read(command: str, rest: str, mentions: tuple[Mention, ...]) -> Request | Misunderstood:
    number = _NUMBER.match(rest)
    if command == "incident":
        alone = number is not None and number.end() == len(rest)
        return ShowTimeline(f"INC-{number.group(1)}") if number and alone else read_declaration(rest)
    if command in _WITHOUT_INCIDENT:
        return _WITHOUT_INCIDENT[command](one_line(rest)[:LONGEST_NAME])
    incident = None
    if number is not None:
        incident, rest = f"INC-{number.group(1)}", rest[number.end() :]
    return _ABOUT_INCIDENT[command](_Said(rest, mentions, incident))


def _status(said: _Said) -> Request | Misunderstood:
    words = said.text.split()
    for count in range(min(LONGEST_STATUS, len(words)), 0, -1):
        status = STATUSES.get(" ".join(words[:count]).casefold().strip(".,:;!"))
        if status is not None:
            note = re.sub(rf"^\s*(?:\S+\s*){{{count}}}", "", said.text)
            return SetStatus(status, note.lstrip(" ,:;-–—"), said.incident)
    return Misunderstood(Reason.UNKNOWN_STATUS, "status", one_line(said.text)[:LONGEST_NAME], nearest_status(said.text))


def _severity(said: _Said) -> Request | Misunderstood:
    match = _SEVERITY.match(said.text)
    severity = severity_of(match.group(1)) if match else None
    if match is None or severity is None:
        return Misunderstood(Reason.UNKNOWN_SEVERITY, "sev", one_line(said.text)[:LONGEST_NAME], FORMS["sev"])
    return SetSeverity(severity, said.text[match.end() :].lstrip(" ,:;-–—\n"), said.incident)


def _naming(make: type[NameLead] | type[NameCommsLead], command: str) -> Reader:
    def read(said: _Said) -> Request | Misunderstood:
        people, _ = _take_mentions(said)
        if len(people) > 1:
            return Misunderstood(
                Reason.SEVERAL_PEOPLE, command, ", ".join(person.name for person in people), FORMS[command]
            )
        if people:
            return make(people[0], incident=said.incident)
        name = trimmed(one_line(said.text).lstrip("@ "))[:LONGEST_NAME].strip()
        if name.casefold() in ME:
            return make(me=True, incident=said.incident)
        return make(Person(name) if name else None, incident=said.incident)

    return read


def _escalate(said: _Said) -> Request:
    people, words = _take_mentions(said)
    return CallForHelp(people, words.lstrip("@ ")[:LONGEST_NAME].strip(), incident=said.incident)


def _follow_up(said: _Said) -> Request | Misunderstood:
    people, words = _take_mentions(said)
    if len(people) > 1:
        names = ", ".join(person.name for person in people)
        return Misunderstood(Reason.SEVERAL_PEOPLE, "followup", names, FORMS["followup"])
    typed = None if people else _TYPED_PERSON.search(words)
    if typed is not None:
        people = (Person(typed.group(1)),)
        words = one_line(words[: typed.start()] + " " + words[typed.end() :])
    what, due, wrong = take_date(words)
    if wrong:
        return Misunderstood(Reason.UNKNOWN_DATE, "followup", wrong, FORMS["followup"])
    return FollowUp(what, people[0] if people else None, due, said.incident)


def _take_mentions(said: _Said) -> tuple[tuple[Person, ...], str]:
    """The people mentioned, in the order they stand in the text, and the words without them."""
    found: list[tuple[int, Person]] = []
    words = said.text
    for mention in sorted(said.mentions, key=lambda one: len(one.text), reverse=True):
        at = words.find(mention.text)
        if at >= 0:
            words = words[:at] + "\0" * len(mention.text) + words[at + len(mention.text) :]
            found.append((at, Person(mention.name, mention.user_id)))
    in_order = [person for _, person in sorted(found, key=lambda pair: pair[0])]
    unique = {person.user_id: person for person in reversed(in_order)}
    people = tuple(reversed(unique.values()))
    return people, one_line(words.replace("\0", " "))


_WITHOUT_INCIDENT: dict[str, Callable[[str], Request]] = {
    "oncall": WhoIsOnCall,
    "incidents": ShowIncidents,
    "help": lambda _: ShowHelp(),
}

_ABOUT_INCIDENT: dict[str, Reader] = {
    "ack": lambda said: Acknowledge(said.incident),
    "status": _status,
    "sev": _severity,
    "lead": _naming(NameLead, "lead"),
    "comms": _naming(NameCommsLead, "comms"),
    "did": lambda said: LogAction(said.text, said.incident),
    "note": lambda said: AddNote(said.text, said.incident),
    "escalate": _escalate,
    "resolve": lambda said: Resolve(said.text, said.incident),
    "amend": lambda said: Amend(said.incident),
    "close": lambda said: Close(said.incident),
    "reopen": lambda said: Reopen(said.text, said.incident),
    "followup": _follow_up,
    "timeline": lambda said: ShowTimeline(said.incident),
}
