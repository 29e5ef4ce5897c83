"""The catalogue of messages as a page for people."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from haveri_contracts.message import Event, Message, Query, Visibility
from haveri_contracts.streams import CONSUMERS, STREAMS, TIMELINE_ENTRIES, readers_of
from haveri_contracts.subjects import ANY, Kind

_HEAD = """\
<!-- Generated from libs/contracts by `python -m haveri_contracts generate docs/contracts`. Change it there. -->

# What travels on Haveri's bus

Every message is a CloudEvent (1.0, structured JSON) on a NATS subject:
`haveri.<organisation>.<command|event|query>.<owner>.<name>.v<n>`. In the tables `*` stands for the organisation's slug.
[schemas](schemas) has a JSON Schema of every message under its type, and of the reply to every query under
`<type>.reply`, one document an owner; envelope, outcome and problem are in [common.json](schemas/common.json).
`make schemas` writes an AsyncAPI document of all of it beside this page (`asyncapi.json`, not committed).

- A **command** is for one owner to carry out. Its outcome comes on `haveri.<organisation>.outcome.<command id>`; the
  same command id always gets the same outcome and has one effect.
- An **event** is a fact, for any number of readers. The tables name those with a durable place in the stream; live
  views and caches listen besides.
- A **query** asks one owner something and is answered to the inbox that the request named.

Two rules that no schema can say: no text holds the character U+0000, and text is trimmed before its length is counted,
except in chat messages. A published version is frozen: it may gain optional fields and nothing else, so read what you
know and pass over the rest. *Internal* messages serve Haveri's own services, and may go when those need them no more.
"""

_COLUMNS = {
    Kind.COMMAND: ("Command", "Carried out by"),
    Kind.EVENT: ("Event", "Read by"),
    Kind.QUERY: ("Query", "Answered by, with"),
}


def page(messages: tuple[type[Message], ...]) -> str:
    """The page, in Markdown."""
    ordered = sorted(messages, key=lambda message: (message.owner, message.kind.value, message.message_type()))
    sections = [_HEAD]
    for owner, owned in groupby(ordered, key=lambda message: message.owner):
        sections.append(f"## {owner.capitalize()}\n\nSchemas: [{owner}.json](schemas/{owner}.json)\n")
        sections += [_table(kind, same) for kind, same in groupby(owned, key=lambda message: message.kind)]
    return "\n".join([*sections, _streams(), _consumers()])


def _table(kind: Kind, messages: Iterable[type[Message]]) -> str:
    name, readers = _COLUMNS[kind]
    return _markdown((name, "Type and subject", "Says", readers), map(_row, messages))


def _row(message: type[Message]) -> tuple[str, ...]:
    kind = message.message_type()
    internal = " *Internal.*" if message.visibility is Visibility.INTERNAL else ""
    return (
        message.__name__,
        f"`{kind}`<br>`{message.subject(ANY)}`",
        message.describe() + internal,
        _readers(message),
    )


def _readers(message: type[Message]) -> str:
    if issubclass(message, Query):
        return f"{message.owner}: {message.Answer.__name__}"
    readers = [reader for reader in readers_of(message.subject(ANY)) if reader is not TIMELINE_ENTRIES]
    if issubclass(message, Event) and message.entry is not None:
        readers.insert(0, TIMELINE_ENTRIES)
    return ", ".join(f"`{reader.name}`" for reader in readers) or "live views"


def _streams() -> str:
    rows = (
        (
            f"`{stream.name}`",
            "<br>".join(f"`{subject}`" for subject in stream.subjects),
            "until carried out" if stream.max_age is None else f"{stream.max_age.days} days",
            stream.summary,
        )
        for stream in STREAMS
    )
    return "## Streams\n\n" + _markdown(("Stream", "Subjects", "Keeps a message", "What for"), rows)


def _consumers() -> str:
    rows = (
        (
            f"`{consumer.name}`",
            f"`{consumer.stream.name}`",
            "<br>".join(f"`{subject}`" for subject in consumer.subjects),
            consumer.summary,
        )
        for consumer in CONSUMERS
    )
    return "## Durable consumers\n\n" + _markdown(("Consumer", "Stream", "Subjects", "What for"), rows)


def _markdown(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)
