"""One pass over the fields of a form: each is drawn and, when it was filled in, read; what is wrong is collected."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Protocol, TypeVar
from uuid import UUID

from haveri_chat.forms import Choice, Field, FieldKind, Form
from haveri_chat.naming import Named
from haveri_chat.plant import Plant
from haveri_chat.texts import say
from haveri_chat.tidying import LONG, one_line, tidy
from haveri_chat.typed_dates import read_date
from haveri_contracts.directory.models import Locale
from haveri_contracts.incident.models import Incident

NOBODY = UUID(int=0)
_MONEY = re.compile(r"[0-9]{1,14}([.,][0-9]{1,2})?")
_WHOLE = re.compile(r"[0-9]{1,12}([.,]0+)?")


class Choosable(Named, Protocol):
    """Anything with a name that is chosen by its id."""

    @property
    def id(self) -> UUID: ...


T = TypeVar("T", bound=Choosable)


class Sheet:
    """A form for one person. Without `values` it is only drawn: nothing is filled in, and nothing is wrong.

    A field's label is the text `form.<id>`, `value` what stands in it first. What a reader gives says nothing while
    there are errors.
    """

    def __init__(self, locale: Locale, plant: Plant, values: Mapping[str, str] | None = None) -> None:
        self.errors: dict[str, str] = {}
        self._locale = locale
        self._plant = plant
        self._filled = values is not None
        self._values = {key: tidy(str(value)) for key, value in (values or {}).items() if value is not None}
        self._fields: list[Field] = []

    def form(self, verb: str, incident: Incident | None, data: Mapping[str, str]) -> Form:
        """What was drawn; its texts are `form.<verb>.title`, `.submit` and `.intro`."""
        title = say(self._locale, f"form.{verb}.title", number=incident.number if incident is not None else "")
        submit, intro = say(self._locale, f"form.{verb}.submit"), say(self._locale, f"form.{verb}.intro")
        fields = (
            replace(field, value=self._values.get(field.id, field.value), error=self.errors.get(field.id, ""))
            for field in self._fields
        )
        return Form(verb, title, tuple(fields), submit, data, intro)

    def wrong(self, id: str, key: str, **details: object) -> None:
        """Say what is wrong with a field; the first thing said stands."""
        if self._filled:
            self.errors.setdefault(id, say(self._locale, key, **details))

    def text(
        self,
        id: str,
        longest: int,
        kind: FieldKind = FieldKind.TEXT,
        *,
        required: bool = False,
        value: object = None,
        label: str = "",
    ) -> str:
        """A text of at most `longest` characters."""
        self._draw(id, kind, required, value, label=label, max_length=longest)
        return self._read(id, longest, required)

    def long(self, id: str, *, required: bool = False, value: str = "") -> str:
        """A text of several lines."""
        return self.text(id, LONG, FieldKind.MULTILINE, required=required, value=value)

    def choice(self, id: str, values: Iterable[str], *, required: bool = False, value: str | None = None) -> str:
        """One of some values, whose labels are the texts `<id>.<value>`; what the field held before stays possible."""
        choices = [Choice(one, say(self._locale, f"{id}.{one}")) for one in values]
        self._draw(id, FieldKind.CHOICE, required, value, choices=choices)
        chosen = self._read(id, required=required)
        if chosen and chosen != value and chosen not in {one.value for one in choices}:
            self.wrong(id, "error.choice")
        return chosen

    def item(
        self,
        id: str,
        items: Iterable[T],
        *,
        marked: bool = False,
        value: UUID | None = None,
        label: Callable[[T], str] = lambda item: item.name,
        drawn: bool = True,
    ) -> T | None:
        """One of some things; `marked` as required, without being wrong when it is empty."""
        known = {str(item.id): item for item in items}
        if drawn:
            choices = [Choice(key, label(item)) for key, item in known.items()]
            self._draw(id, FieldKind.CHOICE, marked, value, choices=choices)
        chosen = self._read(id)
        if chosen and _canonical(chosen) not in known:
            self.wrong(id, "error.choice")
        return known.get(_canonical(chosen))

    def member(self, id: str, *, required: bool = False, value: UUID | None = None, label: str = "") -> UUID | None:
        """A member, chosen by id or by the platform's user id."""
        people = sorted(self._plant.members.values(), key=lambda item: item.name.casefold())
        choices = [Choice(str(one.id), one.name) for one in people]
        self._draw(id, FieldKind.MEMBER, required, value, label=label, choices=choices)
        chosen = self._read(id, required=required)
        if not chosen:
            return None
        user = self._plant.member_of_user.get(chosen)
        member = user or next((one for one in people if str(one.id) == _canonical(chosen)), None)
        if member is None:
            self.wrong(id, "error.member")
        return member.id if member else None

    def date(self, id: str, *, value: date | None = None, label: str = "") -> date | None:
        """A calendar day."""
        self._draw(id, FieldKind.DATE, False, value, label=label)
        text = self._read(id)
        due = read_date(text) if text else None
        if text and due is None:
            self.wrong(id, "error.date")
        return due

    def whole(self, id: str, largest: int, *, value: int | None = None) -> int | None:
        """A whole number from 0."""
        self._draw(id, FieldKind.NUMBER, False, value)
        text = one_line(self._read(id)).replace(" ", "")
        if not text:
            return None
        number = int(re.split("[.,]", text)[0]) if _WHOLE.fullmatch(text) else -1
        if not 0 <= number <= largest:
            self.wrong(id, "error.number", largest=largest)
        return number

    def money(self, id: str, *, value: Decimal | None = None) -> Decimal | None:
        """An amount of at least 0 with at most two decimals."""
        self._draw(id, FieldKind.NUMBER, False, value)
        text = one_line(self._read(id)).replace(" ", "")
        if text and not _MONEY.fullmatch(text):
            self.wrong(id, "error.money")
            return None
        return Decimal(text.replace(",", ".")) if text else None

    def _draw(
        self,
        id: str,
        kind: FieldKind,
        required: bool,
        value: object,
        *,
        label: str = "",
        max_length: int | None = None,
        choices: Iterable[Choice] = (),
    ) -> None:
        label, shown = label or say(self._locale, f"form.{id}"), "" if value is None else str(value)
        self._fields.append(Field(id, label, kind, required, max_length, shown, tuple(choices)))

    def _read(self, id: str, longest: int = 200, required: bool = False) -> str:
        value = self._values.get(id, "")
        if required and not value:
            self.wrong(id, "error.required")
        if len(value) > longest:
            self.wrong(id, "error.too_long", length=len(value), longest=longest)
        return value


def _canonical(id: str) -> str:
    """A UUID as it is usually written; anything else as it is."""
    try:
        return str(UUID(id))
    except ValueError:
        return id
