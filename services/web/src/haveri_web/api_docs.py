"""The API's documentation as a page of our own: no script, nothing from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from starlette.responses import Response

from haveri_contracts.plain import Refusal
from haveri_web.bus.callers import Caller
from haveri_web.http.context import Web, WebDep
from haveri_web.http.door import signed_in
from haveri_web.rendering.pages import directory_or_none, render

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a model, or a parameter of an operation."""

    name: str
    kind: str
    required: bool
    description: str
    model: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Model:
    """A model and its fields."""

    name: str
    summary: str
    fields: list[Field]


@dataclass(frozen=True, slots=True)
class Answer:
    """One status of an operation."""

    status: str
    model: str
    description: str


@dataclass(frozen=True, slots=True)
class Operation:
    """A method on a path."""

    method: str
    path: str
    summary: str
    description: str
    parameters: list[Field]
    body: Model | None
    answers: list[Answer]


@dataclass(frozen=True, slots=True)
class Group:
    """The operations under one tag."""

    name: str
    operations: list[Operation]


@router.get("/api/docs")
async def docs(request: Request, web: WebDep) -> Response:
    """The page; everybody may read it."""
    caller = await _caller(request, web)
    document = request.app.openapi()
    groups, models = _read(request.app)
    return render(
        request,
        web,
        "api_docs.html",
        caller=caller,
        directory=await directory_or_none(web, caller) if caller else None,
        here="docs",
        version=document["info"]["version"],
        intro=document["info"]["description"].replace("`", "").split("\n\n"),
        groups=groups,
        models=models,
    )


async def _caller(request: Request, web: Web) -> Caller | None:
    try:
        return await signed_in(request, web)
    except Refusal:
        return None


@lru_cache(maxsize=2)
def _read(app: FastAPI) -> tuple[list[Group], list[Model]]:
    document = app.openapi()
    schemas = document["components"]["schemas"]
    models = [_model(name, schemas[name]) for name in sorted(schemas)]
    by_name = {model.name: model for model in models}
    groups: dict[str, list[Operation]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            tag = (operation.get("tags") or ["other"])[-1]
            groups.setdefault(tag, []).append(_operation(method, path, operation, by_name))
    return [Group(name, operations) for name, operations in groups.items()], models


def _operation(method: str, path: str, operation: dict[str, Any], models: dict[str, Model]) -> Operation:
    body = _schema(operation.get("requestBody", {}))
    return Operation(
        method=method.upper(),
        path=path,
        summary=operation.get("summary", ""),
        description=operation.get("description", ""),
        parameters=[_parameter(parameter) for parameter in operation.get("parameters", [])],
        body=models.get(_referred(body)),
        answers=[_answer(status, answer) for status, answer in sorted(operation["responses"].items())],
    )


def _parameter(parameter: dict[str, Any]) -> Field:
    return Field(
        name=parameter["name"],
        kind=_kind(parameter["schema"]),
        required=parameter.get("required", False),
        description=parameter.get("description", ""),
        place=parameter["in"],
    )


def _answer(status: str, answer: dict[str, Any]) -> Answer:
    return Answer(status, _referred(_schema(answer)), answer.get("description", ""))


def _schema(part: dict[str, Any]) -> dict[str, Any]:
    """The schema of a body or an answer, of whatever type."""
    for content in part.get("content", {}).values():
        found: dict[str, Any] = content.get("schema", {})
        return found
    return {}


def _model(name: str, schema: dict[str, Any]) -> Model:
    required = schema.get("required", [])
    fields = [
        Field(key, _kind(value), key in required, value.get("description", ""), _referred(value))
        for key, value in schema.get("properties", {}).items()
    ]
    values = [Field(str(value), "value", False, "") for value in schema.get("enum", [])]
    return Model(name, schema.get("description", "").partition("\n")[0], fields or values)


def _referred(schema: dict[str, Any]) -> str:
    """The model that a schema names, directly, in a list, or as one of several."""
    for part in (schema, schema.get("items", {}), *schema.get("anyOf", []), *schema.get("allOf", [])):
        reference = part.get("$ref") or part.get("items", {}).get("$ref")
        if reference:
            return str(reference).rpartition("/")[2]
    return ""


def _kind(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return _referred(schema)
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_kind(part) for part in schema["anyOf"]))
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    if "enum" in schema:
        return " or ".join(map(str, schema["enum"]))
    return str(schema.get("format") or schema.get("const") or schema.get("type", "anything"))
