"""What requests carry. A field that is not known is refused: a typing mistake must not look like success."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, get_args
from uuid import UUID

from pydantic import BaseModel, ConfigDict, create_model, model_validator

from haveri_web.domain.refusals import InvalidRequest


class Body(BaseModel):
    """The base of all request bodies."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _know_every_field(cls, value: Any) -> Any:
        # The contracts' own values, which bodies are made of, let unknown fields pass for older readers' sake.
        unknown = [field for field in unknown_fields(cls, value) if "." in field]
        if unknown:
            raise InvalidRequest([{"field": field, "problem": "is not known here"} for field in unknown[:20]])
        return value


def unknown_fields(model: type[BaseModel], value: Any, path: str = "") -> Iterator[str]:
    """The dotted paths of what a JSON value has and its model, or a model within that, does not know."""
    if not isinstance(value, dict):
        return
    known = {name: field.annotation for name, field in model.model_fields.items()}
    known |= {field.alias: field.annotation for field in model.model_fields.values() if field.alias}
    for name, part in value.items():
        if name not in known:
            yield f"{path}{name}"
            continue
        for within in _models(known[name]):
            if isinstance(part, list):
                for number, item in enumerate(part):
                    yield from unknown_fields(within, item, f"{path}{name}.{number}.")
            else:
                yield from unknown_fields(within, part, f"{path}{name}.")


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)


OWN_ID = (UUID | None, None)
"""An id of one's own choice, if one likes, so that a repeat changes nothing."""


def body_of(
    model: type[BaseModel], name: str, says: str, /, *, without: Collection[str] = (), **other: Any
) -> type[Body]:
    """The body with the fields of a contract's model, without what the address says; `other` are new fields."""
    fields = {key: (field.annotation, field) for key, field in model.model_fields.items() if key not in without}
    return create_model(name, __base__=Body, __doc__=says, **{**fields, **other})


def changes_of(new: type[Body]) -> type[Body]:
    """The body of a PATCH: the same fields, each of which may be left out (but not emptied by null)."""
    # `validate_default` stays off: an absent field is known by `exclude_unset`, its default is never looked at.
    fields: dict[str, Any] = {name: (field.rebuild_annotation(), None) for name, field in new.model_fields.items()}
    return create_model(
        new.__name__.replace("New", "Changed"),
        __base__=Body,
        __doc__=f"What to change; fields left out stay as they are. {new.__doc__}",
        **fields,
    )


def values_of(body: Any) -> dict[str, Any]:
    """The fields of a body, those with their defaults too. Bodies made here are values, of which mypy knows nothing."""
    values: dict[str, Any] = body.model_dump()
    return values


def changes_in(body: Any) -> dict[str, Any]:
    """The fields that a PATCH names."""
    values: dict[str, Any] = body.model_dump(exclude_unset=True)
    return values
