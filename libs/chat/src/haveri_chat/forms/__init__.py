"""Forms as data: fields to fill in; a gateway draws them and hands the values back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class FieldKind(StrEnum):
    """What is asked for. Values are handed back as strings in the form named here."""

    TEXT = "text"
    """One line."""
    MULTILINE = "multiline"
    """Several lines."""
    CHOICE = "choice"
    """The value of one of `choices`."""
    MEMBER = "member"
    """The value of one of `choices` (a member's id), or the platform's user id of a person."""
    DATE = "date"
    """YYYY-MM-DD."""
    NUMBER = "number"
    """A number of at least 0; a decimal comma is understood."""


@dataclass(frozen=True)
class Choice:
    """One thing to choose: what is handed back and what is shown."""

    value: str
    label: str


@dataclass(frozen=True)
class Field:
    """One thing to fill in. `value` is what stands there first, `error` what was wrong with it last time."""

    id: str
    label: str
    kind: FieldKind
    required: bool = False
    max_length: int | None = None
    value: str = ""
    choices: tuple[Choice, ...] = ()
    error: str = ""


@dataclass(frozen=True)
class Form:
    """A form. `data` is to be handed back unchanged with the values (`verb`, `incident`, `nonce`); all strings."""

    id: str
    title: str
    fields: tuple[Field, ...]
    submit: str
    data: Mapping[str, str] = field(default_factory=dict)
    intro: str = ""
