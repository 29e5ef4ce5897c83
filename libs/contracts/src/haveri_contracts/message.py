"""What a message is: a frozen model that knows its owner, name, version and therefore its subject."""

from __future__ import annotations

import importlib
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from haveri_contracts.plain import EntryType
from haveri_contracts.subjects import Kind, subject_for
from haveri_contracts.types import Frozen


class Visibility(StrEnum):
    """Who may rely on a message: integrators too, or Haveri's own services only."""

    PUBLIC = "public"
    INTERNAL = "internal"


class Message(Frozen):
    """The base of commands, events and queries.

    A concrete message says `owner` (the service that handles a command, publishes an event or answers a query),
    `name` and, when it is not the first, `version`. Its docstring is its summary in the generated documents.
    """

    kind: ClassVar[Kind]
    owner: ClassVar[str]
    name: ClassVar[str]
    version: ClassVar[int] = 1
    visibility: ClassVar[Visibility] = Visibility.PUBLIC

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "name" in cls.__dict__:
            register(cls)

    @classmethod
    def message_type(cls) -> str:
        """The CloudEvents `type`, for instance `haveri.incident.declared.v1`."""
        return f"haveri.{cls.owner}.{cls.name}.v{cls.version}"

    @classmethod
    def subject(cls, organization: str) -> str:
        """The NATS subject in one organisation, for instance `haveri.demo.event.incident.declared.v1`."""
        return subject_for(organization, cls.kind, cls.owner, cls.name, cls.version)

    @classmethod
    def describe(cls) -> str:
        """The first sentence of the docstring."""
        return (cls.__doc__ or "").strip().split("\n\n")[0].replace("\n    ", " ")

    def aggregate_id(self) -> UUID | None:
        """The id of the aggregate this message is about: the CloudEvents `subject` and the ordering key."""
        return None


class Command(Message):
    """What one owner is to carry out, answered with an outcome."""

    kind = Kind.COMMAND


class Event(Message):
    """Something that happened, in the past tense, for any number of readers.

    `entry` is the kind of timeline entry that it becomes; an event with one carries `incident_id`.
    """

    kind = Kind.EVENT
    entry: ClassVar[EntryType | None] = None

    def timeline_entry(self) -> EntryType | None:
        """The kind of timeline entry this event becomes, None when it stands on no timeline."""
        return self.entry


class Query(Message):
    """What one owner is asked, answered from its own tables. `Answer` is the model of the answer."""

    kind = Kind.QUERY
    Answer: ClassVar[type[Frozen]]


_REGISTRY: dict[str, type[Message]] = {}


def register(message: type[Message]) -> None:
    """Remember a concrete message under its type; two messages of one type are a mistake in this package."""
    key = message.message_type()
    known = _REGISTRY.get(key)
    if known is not None and known.__qualname__ != message.__qualname__:
        raise TypeError(f"{key} is declared twice: {known.__qualname__} and {message.__qualname__}")
    _REGISTRY[key] = message


def find(message_type: str) -> type[Message] | None:
    """The message class of a CloudEvents type, or None when this version of contracts does not know it."""
    message = _REGISTRY.get(message_type)
    if message is None:
        # A process that imported only its own messages still knows all the others when they arrive.
        importlib.import_module("haveri_contracts.catalogue")
        message = _REGISTRY.get(message_type)
    return message


def catalogue() -> tuple[type[Message], ...]:
    """Every message that travels, ordered by type; import `haveri_contracts.catalogue` to have all of them loaded."""
    return tuple(_REGISTRY[key] for key in sorted(_REGISTRY))
