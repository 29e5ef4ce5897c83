"""The envelope of everything on the wire: a CloudEvents 1.0 structured JSON message."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from math import isfinite
from typing import Annotated, Any, Literal, NoReturn
from uuid import UUID

import orjson
from pydantic import (
    Field,
    StringConstraints,
    ValidationError,
    ValidatorFunctionWrapHandler,
    field_validator,
)

from haveri_contracts.message import Event, Message, find
from haveri_contracts.plain import Refusal
from haveri_contracts.subjects import Kind, UnknownSubjectError, parse_subject
from haveri_contracts.types import (
    ENTRY_KIND_PATTERN,
    LARGEST_INTEGER,
    Actor,
    Frozen,
    OrganizationId,
    Timestamp,
    null_character_at,
)

CONTENT_TYPE = "application/cloudevents+json"
_TRACEPARENT = r"^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$"
_ESCAPED_NULL = b"\\u0000"
_DOUBTFUL_NUMBER = re.compile(rb"NaN|Infinity|[:,[]\s*-?(?:[0-9]{19}|[0-9.]+[eE]\+?[0-9]{3})")
_NULL_CHARACTER = "must not contain a null character"
_EXPECTED = {
    "specversion": "must be 1.0",
    "id": "must be a UUID",
    "time": "must be a moment with a time zone, such as 2026-01-31T08:15:00Z",
    "organization": "must be an organisation's slug, such as demo",
    "actor": "must be member:<id>, system:<name> or signal:<source>",
    "traceparent": "must be a W3C trace parent",
}
"""What a sender is told about a field of the envelope that is wrong or missing."""


class UnreadableMessage(Refusal):
    """The message cannot be read, so it can never be handled; it goes to the dead letters as it came."""

    type = "message-unreadable"
    title = "The message cannot be read."


class NotACloudEvent(UnreadableMessage):
    """The body is not a CloudEvents 1.0 structured JSON message with Haveri's extensions."""

    type = "not-a-cloudevent"
    title = "The body is not a CloudEvents 1.0 JSON message."


class UnknownMessage(UnreadableMessage):
    """Nothing of this type, or not in this version, is known here."""

    type = "unknown-message-version"
    title = "This type or version of message is not known here."


class UnknownEvent(UnknownMessage):
    """An event in its place, of a type or version that is newer than its reader; `envelope` holds it as it came."""

    def __init__(self, envelope: Envelope) -> None:
        super().__init__(f"{envelope.type} is not known here; see the catalogue of messages")
        self.envelope = envelope


class OrganizationMismatch(UnreadableMessage):
    """The subject says one organisation and the envelope another."""

    type = "organization-mismatch"
    title = "The message belongs to another organisation than its subject."


class InvalidData(UnreadableMessage):
    """The data do not fit the message's type."""

    type = "invalid-data"
    title = "The data do not fit this type of message."

    def __init__(self, detail: str, errors: list[dict[str, Any]]) -> None:
        super().__init__(detail)
        self.errors = errors


class Envelope(Frozen):
    """Who said what, when, in which organisation and because of what. `time` is when it happened (UTC).

    `timelineentry` is the kind of timeline entry an event becomes, for a timeline that does not know its type yet.
    """

    specversion: Literal["1.0"] = "1.0"
    id: UUID
    source: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    type: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    subject: str | None = None
    time: Timestamp
    datacontenttype: Literal["application/json"] = "application/json"
    organization: OrganizationId
    actor: Actor
    correlationid: UUID | None = None
    causationid: UUID | None = None
    sequence: int | None = Field(default=None, ge=0, le=LARGEST_INTEGER)
    traceparent: Annotated[str, StringConstraints(pattern=_TRACEPARENT)] | None = None
    timelineentry: Annotated[str, StringConstraints(pattern=ENTRY_KIND_PATTERN)] | None = None
    data: dict[str, Any]

    @field_validator("timelineentry", mode="wrap")
    @classmethod
    def _a_hint(cls, value: Any, read: ValidatorFunctionWrapHandler) -> str | None:
        # Most readers never look at it: a wrong one is none, and no reason to refuse an event.
        try:
            said: str | None = read(value)
        except ValidationError:
            return None
        return said

    def encode(self) -> bytes:
        """The envelope as JSON bytes; absent extensions are left out, as CloudEvents asks."""
        return _encode(self)

    def caused(self) -> tuple[UUID, UUID]:
        """The (correlation id, causation id) for a message that this one brings about."""
        return self.correlationid or self.id, self.id


def _encode(envelope: Envelope) -> bytes:
    optional = {
        "subject": envelope.subject,
        "correlationid": envelope.correlationid,
        "causationid": envelope.causationid,
        "sequence": envelope.sequence,
        "traceparent": envelope.traceparent,
        "timelineentry": envelope.timelineentry,
    }
    body: dict[str, Any] = {
        "specversion": envelope.specversion,
        "id": envelope.id,
        "source": envelope.source,
        "type": envelope.type,
        "time": envelope.time.astimezone(UTC),
        "datacontenttype": envelope.datacontenttype,
        "organization": envelope.organization,
        "actor": envelope.actor,
        **{name: value for name, value in optional.items() if value is not None},
        "data": envelope.data,
    }
    return orjson.dumps(body, option=orjson.OPT_UTC_Z, default=_uuid_of_a_driver)


def _uuid_of_a_driver(value: Any) -> str:
    """asyncpg gives UUIDs as a class of its own, which validation lets pass and orjson does not know."""
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot travel")


def wrap(
    message: Message,
    *,
    id: UUID,
    source: str,
    organization: str,
    actor: str,
    time: datetime,
    correlation_id: UUID | None = None,
    causation_id: UUID | None = None,
    sequence: int | None = None,
    traceparent: str | None = None,
) -> Envelope:
    """Put a message into its envelope. `source` is the service's name; `time` is when it happened, with a zone.

    An event of no aggregate's own is about the organisation itself.
    """
    aggregate = message.aggregate_id() or (organization if message.kind is Kind.EVENT else None)
    return Envelope(
        id=id,
        source=f"haveri/{source}",
        type=message.message_type(),
        subject=str(aggregate) if aggregate else None,
        time=time,
        organization=organization,
        actor=actor,
        correlationid=correlation_id or id,
        causationid=causation_id,
        sequence=sequence,
        traceparent=traceparent,
        timelineentry=message.timeline_entry() if isinstance(message, Event) else None,
        data=message.model_dump(mode="json"),
    )


def open_envelope(body: bytes) -> Envelope:
    """Read an envelope; raises NotACloudEvent with the first thing that is wrong in words a sender understands."""
    try:
        envelope = Envelope.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the body"
        raise NotACloudEvent(f"{where}: {_EXPECTED.get(where, first['msg'])}") from None
    if "specversion" not in envelope.model_fields_set:
        raise NotACloudEvent("specversion: must be 1.0")
    # Looked for in the bytes first: the second look is for the one message in a million that may need it.
    if _DOUBTFUL_NUMBER.search(body):
        _refuse_what_is_no_json(body)
    if _ESCAPED_NULL in body:
        _refuse_null_characters(envelope)
    return envelope


def _refuse_what_is_no_json(body: bytes) -> None:
    """Python takes NaN, Infinity, 1e999 and integers of any length; nobody could store them and pass them on."""
    try:
        json.loads(body, parse_constant=_no_number, parse_float=_storable_float, parse_int=_storable_integer)
    except ValueError as error:
        raise NotACloudEvent(f"the body: {error}") from None


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"must be JSON, which has no {word}")


def _storable_float(text: str) -> float:
    number = float(text)
    return number if isfinite(number) else _no_number(text[:40])


def _storable_integer(text: str) -> int:
    # Python itself refuses to read more than a few thousand digits.
    if len(text) > 20 or not -(2**63) <= int(text) < 2**64:
        raise ValueError(f"the number {text[:40]} is larger than 64 bits")
    return int(text)


def _refuse_null_characters(envelope: Envelope) -> None:
    outside = null_character_at(envelope.model_dump(include={"source", "type", "subject"}))
    if outside is not None:
        raise NotACloudEvent(f"{outside}: {_NULL_CHARACTER}")
    inside = null_character_at(envelope.data)
    if inside is not None:
        raise InvalidData(f"{inside}: {_NULL_CHARACTER}", [{"field": inside, "problem": _NULL_CHARACTER}])


def unwrap(envelope: Envelope) -> Message:
    """The typed message in an envelope; raises UnknownMessage or InvalidData."""
    message = find(envelope.type)
    if message is None:
        raise UnknownMessage(f"{envelope.type} is not known here; see the catalogue of messages")
    try:
        return message.model_validate(envelope.data)
    except ValidationError as error:
        findings = [
            {"field": ".".join(str(part) for part in item["loc"]), "problem": item["msg"]}
            for item in error.errors(include_url=False, include_input=False, include_context=False)
        ]
        summary = "; ".join(f"{item['field']}: {item['problem']}" for item in findings[:5])
        raise InvalidData(summary, findings) from None


def decode(body: bytes, subject: str) -> tuple[Envelope, Message]:
    """Read what arrived on `subject`; raises an UnreadableMessage that names what is wrong.

    UnknownEvent is the one that is nobody's fault: the event is newer than its reader.
    """
    envelope = open_envelope(body)
    try:
        parsed = parse_subject(subject)
    except UnknownSubjectError as error:
        raise UnknownMessage(str(error)) from None
    if parsed.organization != envelope.organization:
        raise OrganizationMismatch(
            f"the subject is of {parsed.organization!r}, the envelope of {envelope.organization!r}"
        )
    if parsed.message_type != envelope.type:
        raise UnknownMessage(f"{envelope.type} does not belong on {subject}")
    if parsed.kind is Kind.EVENT and find(envelope.type) is None:
        raise UnknownEvent(envelope)
    message = unwrap(envelope)
    if message.kind is not parsed.kind:
        raise UnknownMessage(f"{envelope.type} is no {parsed.kind.value} and does not belong on {subject}")
    return envelope, message
