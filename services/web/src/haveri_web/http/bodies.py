"""What requests carry. A field that is not known is refused: a typing mistake must not look like success."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, get_args
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from haveri_contracts.incident.models import Summary
from haveri_contracts.plain import Severity, Status
from haveri_contracts.types import LongText, NonEmptyText, ShortText, Tag, Timestamp
from haveri_web.domain.access import Scope
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


class Declaration(Body):
    """What is wrong, how bad it is, and where."""

    title: ShortText
    severity: Severity
    facility_id: UUID
    area_id: UUID | None = None
    asset_ids: Annotated[list[UUID], Field(max_length=50)] = []
    description: LongText = ""
    tags: Annotated[list[Tag], Field(max_length=50)] = []


class NewStatus(Body):
    """The status to move to: INVESTIGATING or MITIGATED."""

    status: Status
    note: LongText = ""


class NewSeverity(Body):
    """How bad it is after all."""

    severity: Severity
    reason: LongText = ""


class Assignment(Body):
    """Whom to name."""

    member_id: UUID


class Note(Body):
    """What was done or is to be noted; `occurred_at` when it was earlier than now."""

    text: NonEmptyText
    occurred_at: Timestamp | None = None


class EscalationWish(Body):
    """Whom to call: by a policy, or members and teams by name, or, with nothing said, whoever is due."""

    policy_id: UUID | None = None
    member_ids: Annotated[list[UUID], Field(max_length=100)] = []
    team_ids: Annotated[list[UUID], Field(max_length=100)] = []
    reason: LongText = ""


class Resolution(Body):
    """How it ended."""

    summary: Summary


class NewFollowUp(Body):
    """Something left to do. `due_date` is a calendar date at the facility."""

    id: UUID | None = None
    description: NonEmptyText
    assigned_to: UUID | None = None
    due_date: date | None = None


class Closing(Body):
    """What is left to do."""

    follow_ups: Annotated[list[NewFollowUp], Field(max_length=50)] = []


class Reopening(Body):
    """Why it is taken up again."""

    reason: NonEmptyText


class NewToken(Body):
    """An API token to make for oneself; without `expires_at` it is good for 90 days, at most 366."""

    name: ShortText
    scopes: Annotated[list[Scope], Field(min_length=1)] = [Scope.READ]
    expires_at: Timestamp | None = None
