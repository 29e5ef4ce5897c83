"""Makes forms and their fields, in the language of the person who fills them in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from haveri_chat.forms import Choice, Field, FieldKind, Form
from haveri_chat.plant import Plant
from haveri_chat.texts import say
from haveri_chat.tidying import LONG
from haveri_contracts.directory.models import Locale
from haveri_contracts.incident.models import Incident


class _Named(Protocol):
    @property
    def id(self) -> UUID: ...

    @property
    def name(self) -> str: ...


@dataclass(frozen=True)
class FormMaker:
    """Makes forms for one person; `new_id` makes the nonce that recognises a second submission."""

    locale: Locale
    plant: Plant
    new_id: Callable[[], UUID]

    def form(self, verb: str, incident: Incident | None, *fields: Field) -> Form:
        """The form of a command: its texts are `form.<verb>.title`, `.submit` and `.intro`."""
        data = {"verb": verb, "nonce": str(self.new_id())}
        if incident is not None:
            data["incident"] = str(incident.id)
        title = say(self.locale, f"form.{verb}.title", number=incident.number if incident is not None else "")
        submit = say(self.locale, f"form.{verb}.submit")
        return Form(verb, title, fields, submit, data, say(self.locale, f"form.{verb}.intro"))

    def field(
        self,
        id: str,
        kind: FieldKind,
        required: bool = False,
        *,
        label: str = "",
        value: object = None,
        max_length: int | None = None,
        choices: Iterable[Choice] = (),
    ) -> Field:
        """One field; its label is the text `form.<id>` where none is given."""
        shown = "" if value is None else str(value)
        return Field(id, label or say(self.locale, f"form.{id}"), kind, required, max_length, shown, tuple(choices))

    def long(self, id: str, value: str = "", required: bool = False) -> Field:
        """A text of several lines."""
        return self.field(id, FieldKind.MULTILINE, required, max_length=LONG, value=value)

    def member(self, id: str, value: object = None, required: bool = False, label: str = "") -> Field:
        """Somebody of the organisation."""
        people = sorted(self.plant.members, key=lambda item: item.name.casefold())
        return self.field(id, FieldKind.MEMBER, required, label=label, value=value, choices=named(people))

    def said(self, prefix: str, values: Iterable[str]) -> tuple[Choice, ...]:
        """Choices whose labels are the texts `<prefix>.<value>`."""
        return tuple(Choice(value, say(self.locale, f"{prefix}.{value}")) for value in values)


def named(items: Iterable[_Named]) -> tuple[Choice, ...]:
    """Things of the directory to choose from."""
    return tuple(Choice(str(item.id), item.name) for item in items)
