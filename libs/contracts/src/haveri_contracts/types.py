"""Field types that several messages share, with their limits."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import orjson
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, WithJsonSchema

from haveri_contracts.plain import EntryType

ORGANIZATION_PATTERN = r"^[a-z][a-z0-9-]{0,38}[a-z0-9]$"
ACTOR_PATTERN = (
    r"^(member:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(system|signal):[A-Za-z0-9._-]{1,64})$"
)

ENTRY_KIND_PATTERN = r"^[a-z][a-z0-9_]{0,39}$"

OrganizationId = Annotated[str, StringConstraints(pattern=ORGANIZATION_PATTERN)]
"""An organisation's slug: its immutable identifier in every subject, key and row policy."""

Actor = Annotated[str, StringConstraints(pattern=ACTOR_PATTERN)]
"""Who acts: `member:<uuid>`, `system:<name>` or `signal:<source>`."""


def _utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("must lie within the years 1 to 9999 in UTC") from None


Timestamp = Annotated[AwareDatetime, AfterValidator(_utc)]
"""A moment with a time zone, held and written in UTC with microseconds."""

FIRST_YEAR, LAST_YEAR = 2, 9998


def _in_every_zone(value: datetime) -> datetime:
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValueError(f"must lie within the years {FIRST_YEAR} to {LAST_YEAR}")
    return value


KeptMoment = Annotated[Timestamp, AfterValidator(_in_every_zone)]
"""A moment that a command wants kept: one that every time zone and the database can give back. What was kept before
there was this limit stays readable, so events and models have a Timestamp."""

LARGEST_INTEGER = 2**63 - 1
"""The largest whole number that both JSON writers and PostgreSQL's bigint hold."""


def null_character_at(value: Any, path: str = "") -> str | None:
    """The dotted path of the first text (or key) with a null character in JSON-like data, or None."""
    if isinstance(value, str):
        return (path or "text") if "\x00" in value else None
    if isinstance(value, dict):
        items: list[tuple[Any, Any]] = list(value.items())
    elif isinstance(value, list | tuple):
        items = list(enumerate(value))
    else:
        return None
    for key, item in items:
        below = f"{path}.{key}" if path else str(key)
        if "\x00" in below:
            return path or "a field's name"
        found = null_character_at(item, below)
        if found is not None:
            return found
    return None


def no_null_character(value: str) -> str:
    """Refuse what PostgreSQL cannot hold; everything else people type is kept as they typed it."""
    if "\x00" in value:
        raise ValueError("must not contain a null character")
    return value


def _plain_json(value: dict[str, Any]) -> dict[str, Any]:
    # Written and read again here, so that a number or key that JSON cannot hold is refused at the door and not by
    # the service that stores it.
    try:
        plain: dict[str, Any] = orjson.loads(orjson.dumps(value))
    except (TypeError, ValueError) as error:
        raise ValueError(f"must be plain JSON: {error}") from None
    where = null_character_at(plain)
    if where is not None:
        raise ValueError(f"must not contain a null character: {where}")
    return plain


FreeForm = Annotated[dict[str, Any], AfterValidator(_plain_json)]
"""An object whose fields are the sender's own business."""


ShortText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(no_null_character)
]
"""A name or title: 1 to 200 characters after trimming."""

LongText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=8000), AfterValidator(no_null_character)]
"""Free text of up to 8,000 characters; may be empty."""

NonEmptyText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=8000), AfterValidator(no_null_character)
]
"""Free text that says something: 1 to 8,000 characters after trimming."""

MessageText = Annotated[str, StringConstraints(max_length=100_000), AfterValidator(no_null_character)]
"""A chat message as it was typed."""

Reference = Annotated[str, StringConstraints(min_length=1, max_length=500), AfterValidator(no_null_character)]
"""An identifier given by another system, such as a chat channel's."""

Tag = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50), AfterValidator(no_null_character)
]
"""A word to find things by, 1 to 50 characters."""

Label = Annotated[str, StringConstraints(max_length=300), AfterValidator(no_null_character)]
"""A short text whose own field may narrow its length further; may be empty."""


EntryKind = Annotated[
    EntryType | Annotated[str, StringConstraints(pattern=ENTRY_KIND_PATTERN)],
    Field(union_mode="left_to_right"),
    WithJsonSchema({"type": "string", "pattern": ENTRY_KIND_PATTERN}),
]
"""A kind of timeline entry: an open set, in which one that is not known here stays the word that it is."""


class Frozen(BaseModel):
    """A value that travels. Unknown fields are ignored, so that an older reader survives a newer writer."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_enum_values=False)


class Page(Frozen):
    """Which part of a list is wanted: `cursor` comes from the page before, `limit` counts items."""

    cursor: Annotated[str, StringConstraints(max_length=500), AfterValidator(no_null_character)] | None = None
    limit: int = Field(default=50, ge=1, le=1000)


def member_actor(member_id: UUID) -> str:
    """The actor string of a member."""
    return f"member:{member_id}"


def actor_member_id(actor: str) -> UUID | None:
    """The member behind an actor, or None when a system or a signal acts."""
    kind, _, rest = actor.partition(":")
    return UUID(rest) if kind == "member" else None
