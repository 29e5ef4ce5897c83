"""The OpenAPI document says what every call takes and gives; whatever is sent, the answer is one that it names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
from e2e_promises import Json, misfits, uuid7
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from haveri_tool.testing import RunningHouse

pytestmark = pytest.mark.e2e

OWNER = "owner@hypothesis.example"
DIRECTORY = ("facilities", "areas", "assets", "teams", "members")
PLANNED = ("escalation-policies", "maintenance-windows", "rotations", "shift-changes")
EXAMPLES = 400
GARBAGE = st.sampled_from(["x", "INC-0", "INC-99999999999", "%00", "🛠", "'; --", "null", "0" * 64, "-1"])
ODD = st.sampled_from(
    [None, True, -1, 1e400, 10**30, "", " ", "\ud800", "a\u0000b", "x" * 9000, [], {}, [[]], {"": None}]
)
DOCUMENTS = [
    *("", "facilities: [", "a,b\n1", "organization: {id: x}\n", "- &a [*a]", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"),
    "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20310101T060000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
]
TEXT = st.text(max_size=30)


class Door:
    """The API of an organisation that may be spoilt, and what its document says."""

    def __init__(self, api: httpx2.Client, document: Json, things: dict[str, list[str]]) -> None:
        self.api = api
        self.document = document
        self.things = things
        self.operations = [
            (method, path, operation)
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
        ]

    def id_for(self, path: str) -> list[str]:
        """Ids that a path can be asked about."""
        return self.things.get(path.removeprefix("/api/v1/").partition("/")[0], [])

    def complaints(self, operation: Json, answer: httpx2.Response) -> list[str]:
        """In what an answer is not what the document says."""
        said = operation["responses"].get(str(answer.status_code))
        if said is None:
            return [f"{answer.status_code} is not documented: {answer.text[:300]}"]
        content = said.get("content")
        if not content:
            return [f"a body: {answer.text[:200]}"] if answer.content else []
        kind = answer.headers["content-type"].partition(";")[0]
        if kind not in content:
            return [f"{kind} is not documented for {answer.status_code}, only {list(content)}"]
        schema = {**content[kind]["schema"], "components": self.document["components"]}
        return misfits(answer.json(), schema) if kind.endswith("json") else []


@pytest.fixture(scope="module")
def door(house: RunningHouse) -> Iterator[Door]:
    """An organisation of its own with one of everything in it."""
    slug = f"hypothesis-{uuid7()[-6:]}"
    house.haveri("org", "create", slug, "--name", "Hypothesis", "--admin-name", "Owner", "--admin-email", OWNER)
    token = house.haveri("token", "create", slug, OWNER, "--name", "fuzz", "--quiet").stdout.strip()
    web = house.endpoints["web"]
    with httpx2.Client(base_url=web, headers={"Authorization": f"Bearer {token}"}, timeout=30) as api:

        def add(kind: str, /, **body: Any) -> str:
            answer = api.post(f"/api/v1/{kind}", json=body)
            assert answer.status_code == 201, answer.text
            return str(answer.json()["id"])

        facility = add("facilities", name="Works", timezone="Europe/Helsinki")
        area = add("areas", name="Line", facility_id=facility)
        team = add("teams", name="Crew", facility_id=facility)
        member = add("members", name="Somebody", email="somebody@hypothesis.example", role="responder", team_ids=[team])
        slot = {"name": "Early", "from": "06:00", "to": "14:00"}
        stretch = {"starts_at": "2031-05-01T06:00:00Z", "ends_at": "2031-05-01T14:00:00Z"}
        steps = [{"notify": {"member_ids": [member]}, "after_minutes": 0}]
        soon = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        things = {
            "facilities": [facility, add("facilities", name="Spare", timezone="Europe/Berlin")],
            "areas": [area],
            "assets": [add("assets", name="Filler", area_id=area, asset_type="filler")],
            "teams": [team],
            "members": [member],
            "tokens": [add("tokens", name="spare")],
            "escalation-settings": [facility],
            "holidays": [facility],
            "escalation-policies": [
                add(
                    "escalation-policies",
                    name="All",
                    facility_id=facility,
                    conditions={"severity": ["SEV1", "SEV2"]},
                    steps=steps,
                )
            ],
            "maintenance-windows": [
                add("maintenance-windows", facility_id=facility, area_ids=[area], ends_at=soon),
            ],
            "rotations": [
                add(
                    "rotations",
                    name="Round",
                    facility_id=facility,
                    first_day="2026-01-05",
                    slots=[slot],
                    pattern=["Early"],
                    crews=[{"team_id": team}],
                )
            ],
            "shift-changes": [
                add("shift-changes", **{"team_id": team, "kind": "absence", "member_id": member, **stretch})
            ],
            "incidents": [
                "INC-1",
                add("incidents", title="One", severity="SEV2", facility_id=facility),
                add("incidents", title="Two", severity="SEV1", facility_id=facility, area_id=area),
            ],
        }
        yield Door(api, api.get("/api/openapi.json").json(), things)


def test_the_document_is_complete(door: Door) -> None:
    assert door.document["openapi"].startswith("3.")
    assert door.document["security"] == [{"token": []}]
    assert door.document["components"]["securitySchemes"]["token"] == {"type": "http", "scheme": "bearer"}
    names = [operation["operationId"] for _, _, operation in door.operations]
    assert len(set(names)) == len(names)
    for method, path, operation in door.operations:
        where = f"{method} {path}"
        assert operation["summary"], where
        in_path = {parameter["name"] for parameter in operation.get("parameters", []) if parameter["in"] == "path"}
        assert in_path == ({"id"} if "{id}" in path else set()), where
        for status, answer in operation["responses"].items():
            for kind, content in answer.get("content", {}).items():
                assert "schema" in content, f"{where}: {status} {kind}"
                assert (kind == "application/problem+json") == (int(status) >= 400), f"{where}: {status} {kind}"
        assert {"401", "403", "503"} <= set(operation["responses"]), where


def test_every_promised_call_is_in_the_document(door: Door) -> None:
    documented = {(method.upper(), path.removeprefix("/api/v1")) for method, path, _ in door.operations}
    assert promised_calls() - documented == set()


def promised_calls() -> set[tuple[str, str]]:
    """The calls that others rely on."""
    about = ("acknowledge", "status", "severity", "assign", "assign-comms", "actions", "annotations", "escalate")
    return {
        *(("POST", f"/incidents/{{id}}/{verb}") for verb in (*about, "resolve", "close", "reopen")),
        *(("GET", f"/incidents{rest}") for rest in ("", "/{id}", "/{id}/timeline", "/{id}/summary", "/{id}/export")),
        ("POST", "/incidents"),
        ("PUT", "/incidents/{id}/summary"),
        *((method, f"/{kind}") for kind in (*DIRECTORY, "tokens") for method in ("GET", "POST")),
        *((method, f"/{kind}/{{id}}") for kind in DIRECTORY for method in ("GET", "PATCH", "DELETE")),
        ("DELETE", "/tokens/{id}"),
        *((method, f"/{kind}") for kind in PLANNED for method in ("GET", "POST")),
        *((method, f"/{kind}/{{id}}") for kind in PLANNED for method in ("GET", "PATCH", "DELETE")),
        ("POST", "/escalation-policies/simulate"),
        ("GET", "/escalation-policies/{id}/versions"),
        ("GET", "/incidents/{id}/escalations"),
        ("GET", "/escalations/running"),
        ("GET", "/escalation-settings"),
        ("PUT", "/escalation-settings/{id}"),
        ("POST", "/shift-changes/{id}/accept"),
        ("GET", "/holidays"),
        ("PUT", "/holidays/{id}"),
        ("POST", "/shifts/import"),
        ("GET", "/schedule"),
        ("GET", "/schedule.ics"),
        ("GET", "/on-shift"),
        ("GET", "/settings/chat"),
        ("PUT", "/settings/chat"),
    }


@settings(max_examples=EXAMPLES, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_is_sent_the_answer_is_a_documented_one(door: Door, data: st.DataObject) -> None:
    chosen = data.draw(st.integers(0, len(door.operations) - 1), label="operation")
    method, path, operation = door.operations[chosen]
    place = path.replace("{id}", quote(data.draw(_ids(door, path), label="id"), safe=""))
    query = data.draw(_parameters(door, operation, "query"), label="query")
    headers = data.draw(_headers(), label="headers")
    body = data.draw(_body(door, operation), label="body")
    try:
        request = door.api.build_request(
            method, place, params=query, headers={**headers, **body.pop("headers", {})}, **body
        )
    except (UnicodeEncodeError, ValueError):
        return  # what the client itself cannot say
    answer = door.api.send(request)
    assert door.complaints(operation, answer) == [], f"{method} {answer.url} {body}"


def _ids(door: Door, path: str) -> st.SearchStrategy[str]:
    known = door.id_for(path)
    return st.one_of(*([st.sampled_from(known)] * 3 if known else []), GARBAGE, st.builds(uuid7))


def _parameters(door: Door, operation: Json, where: str) -> st.SearchStrategy[dict[str, Any]]:
    known = {p["name"]: p["schema"] for p in operation.get("parameters", []) if p["in"] == where}
    return st.fixed_dictionaries(
        {}, optional={name: st.one_of(_fitting(schema, door).map(_said), GARBAGE) for name, schema in known.items()}
    )


def _said(value: Any) -> Any:
    return value if isinstance(value, str | int | list) else ""


def _headers() -> st.SearchStrategy[dict[str, str]]:
    keys = st.sampled_from(["k1", "k2", "", "x" * 201, "key with spaces"])
    return st.fixed_dictionaries({}, optional={"Idempotency-Key": keys})


def _body(door: Door, operation: Json) -> st.SearchStrategy[dict[str, Any]]:
    if "requestBody" not in operation:
        return st.just({})
    kind, content = next(iter(operation["requestBody"]["content"].items()))
    if kind != "application/json":
        documents = st.sampled_from(DOCUMENTS) | TEXT
        return documents.map(
            lambda text: {"content": text.encode("utf-8", "replace"), "headers": {"Content-Type": kind}}
        )
    fitting = _fitting(content["schema"], door)
    spoilt = st.builds(_spoilt, fitting, st.integers(0, 20), ODD)
    return st.one_of(fitting, fitting, spoilt, ODD).map(lambda value: {"json": value})


def _spoilt(value: Any, which: int, odd: Any) -> Any:
    if not isinstance(value, dict) or not value:
        return odd
    name = sorted(value)[which % len(value)]
    return {**value, name: odd}


def _fitting(schema: Json, door: Door, depth: int = 0) -> st.SearchStrategy[Any]:  # noqa: PLR0911 - one a kind
    """Values that a schema allows, mostly."""
    if "$ref" in schema:
        return _fitting(door.document["components"]["schemas"][schema["$ref"].rpartition("/")[2]], door, depth)
    if "anyOf" in schema:
        return st.one_of(*(_fitting(choice, door, depth) for choice in schema["anyOf"]))
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    match schema.get("type"):
        case "object":
            return _objects(schema, door, depth)
        case "array":
            return st.lists(_fitting(schema.get("items", {}), door, depth + 1), max_size=3)
        case "string":
            return _texts(schema, door)
        case "integer" | "number":
            return st.integers(0, 300)
        case "boolean":
            return st.booleans()
        case "null":
            return st.none()
    return ODD


def _objects(schema: Json, door: Door, depth: int) -> st.SearchStrategy[Any]:
    known = schema.get("properties", {})
    needed = set(schema.get("required", []))
    if not known:
        return st.dictionaries(TEXT, TEXT, max_size=2)
    fields = {name: _fitting(part, door, depth + 1) for name, part in known.items() if depth < 4 or name in needed}
    return st.fixed_dictionaries(
        {name: fields[name] for name in needed if name in fields},
        optional={name: field for name, field in fields.items() if name not in needed},
    )


def _texts(schema: Json, door: Door) -> st.SearchStrategy[str]:
    match schema.get("format"):
        case "uuid":
            everything = [thing for things in door.things.values() for thing in things if "-" in thing]
            return st.one_of(st.sampled_from(everything), st.builds(uuid7))
        case "date-time":
            return st.sampled_from(["2026-01-31T08:15:00Z", "1970-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
        case "date":
            return st.dates().map(str)
    if "pattern" in schema:
        return st.from_regex(schema["pattern"])
    return st.text(min_size=schema.get("minLength", 0), max_size=min(schema.get("maxLength", 40), 200))
