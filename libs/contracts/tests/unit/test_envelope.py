"""Whatever arrives is read, or refused by a name and in words that its sender understands."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from haveri_contracts.directory.events import OrganizationCreated
from haveri_contracts.directory.models import Organization
from haveri_contracts.envelope import (
    InvalidData,
    NotACloudEvent,
    OrganizationMismatch,
    UnknownEvent,
    UnknownMessage,
    UnreadableMessage,
    decode,
    open_envelope,
    wrap,
)
from haveri_contracts.escalation.events import PolicyRemoved
from haveri_contracts.incident.commands import AddEvent, DeclareIncident
from haveri_contracts.incident.events import EventAdded, LeadAssigned
from haveri_contracts.message import Event
from haveri_contracts.outcomes import Problem
from haveri_contracts.plain import EntryType
from haveri_contracts.timeline.models import TimelineEntry

ID = UUID("0198c3a2-0001-7001-8a5e-2f1c00001eef")
SUBJECT = "haveri.demo.command.incident.declare.v1"
DATA: dict[str, Any] = {"incident_id": str(ID), "title": "Filler 2 jammed", "severity": "SEV1", "facility_id": str(ID)}
BODY: dict[str, Any] = {
    "specversion": "1.0",
    "id": str(ID),
    "source": "haveri/web",
    "type": "haveri.incident.declare.v1",
    "time": "2026-03-14T05:42:07Z",
    "organization": "demo",
    "actor": f"member:{ID}",
    "data": DATA,
}


def message(**changes: Any) -> bytes:
    """The body of a good command, but for these fields of the envelope; None leaves one out."""
    return json.dumps({name: value for name, value in {**BODY, **changes}.items() if value is not None}).encode()


def data(**changes: Any) -> bytes:
    return message(data={**DATA, **changes})


def refused(body: bytes, subject: str = SUBJECT) -> UnreadableMessage:
    with pytest.raises(UnreadableMessage) as caught:
        decode(body, subject)
    return caught.value


@pytest.mark.parametrize("body", [b"", b"filler 2 jammed", b"[]", b"null", b"{}", b"\xff\xfe", b'{"id": ', b"[" * 5000])
def test_a_body_that_is_no_cloudevent_is_refused_as_such(body: bytes) -> None:
    assert refused(body).type == "not-a-cloudevent"


@given(st.binary(max_size=200))
def test_no_bytes_whatever_cause_anything_but_a_refusal(body: bytes) -> None:
    with pytest.raises(NotACloudEvent):
        open_envelope(body)


@pytest.mark.parametrize("field", [name for name in BODY if name != "data"])
def test_a_missing_field_of_the_envelope_is_named(field: str) -> None:
    refusal = refused(message(**{field: None}))
    assert refusal.type == "not-a-cloudevent"
    assert refusal.detail.startswith(f"{field}: ")


@pytest.mark.parametrize(
    ("field", "value", "detail"),
    [
        ("specversion", "0.3", "specversion: must be 1.0"),
        ("id", "42", "id: must be a UUID"),
        ("actor", "Aino", "actor: must be member:<id>, system:<name> or signal:<source>"),
        ("actor", "member:aino", "actor: must be member:<id>, system:<name> or signal:<source>"),
        ("actor", f"member:{ID}\n", "actor: must be member:<id>, system:<name> or signal:<source>"),
        ("organization", "Demo Bottlers", "organization: must be an organisation's slug, such as demo"),
        ("time", "2026-03-14T05:42:07", "time: must be a moment with a time zone, such as 2026-01-31T08:15:00Z"),
        ("time", "yesterday", "time: must be a moment with a time zone, such as 2026-01-31T08:15:00Z"),
        ("time", "0001-01-01T00:00:00+14:00", "time: must be a moment with a time zone, such as 2026-01-31T08:15:00Z"),
        ("traceparent", "00-1-2-3", "traceparent: must be a W3C trace parent"),
        ("source", "haveri/\x00", "source: must not contain a null character"),
    ],
)
def test_a_wrong_field_of_the_envelope_is_explained(field: str, value: str, detail: str) -> None:
    refusal = refused(message(**{field: value}))
    assert (refusal.type, refusal.detail) == ("not-a-cloudevent", detail)


def test_a_version_that_is_not_known_here_is_refused() -> None:
    refusal = refused(message(type="haveri.incident.declare.v9"), "haveri.demo.command.incident.declare.v9")
    assert isinstance(refusal, UnknownMessage)
    assert refusal.type == "unknown-message-version"
    assert "haveri.incident.declare.v9" in refusal.detail


def test_a_message_of_another_organisation_than_its_subject_is_refused() -> None:
    refusal = refused(message(organization="rival"))
    assert isinstance(refusal, OrganizationMismatch)
    assert refusal.type == "organization-mismatch"
    assert refusal.detail == "the subject is of 'demo', the envelope of 'rival'"


@pytest.mark.parametrize(
    "subject",
    [
        "haveri.demo.command.incident.resolve.v1",
        "haveri.demo.command.incident.declare.v2",
        "haveri.demo.event.incident.declare.v1",
        "haveri.demo.query.incident.declare.v1",
        "somewhere.else",
    ],
    ids=["another message", "another version", "command as event", "command as query", "not ours"],
)
def test_a_type_that_does_not_belong_on_its_subject_is_refused(subject: str) -> None:
    assert refused(message(), subject).type == "unknown-message-version"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "   "}, "title"),
        ({"title": "x" * 5000}, "title"),
        ({"title": None}, "title"),
        ({"title": "Filler\x00"}, "title"),
        ({"severity": "SEV9"}, "severity"),
        ({"facility_id": "Tampere"}, "facility_id"),
        ({"asset_ids": [str(ID), "Filler 2"]}, "asset_ids.1"),
        ({"tags": ["ok", "a\x00b"]}, "tags.1"),
        ({"tags": "filling"}, "tags"),
    ],
)
def test_data_that_do_not_fit_are_refused_with_the_field_named(changes: dict[str, Any], field: str) -> None:
    refusal = refused(data(**changes))
    assert isinstance(refusal, InvalidData)
    assert refusal.type == "invalid-data"
    assert refusal.detail.startswith(f"{field}: ")
    assert [error["field"] for error in refusal.errors] == [field]
    assert Problem.of(refusal).errors == refusal.errors


def test_every_finding_is_told_at_once() -> None:
    refusal = refused(data(title="", severity="SEV9"))
    assert isinstance(refusal, InvalidData)
    assert {error["field"] for error in refusal.errors} == {"title", "severity"}


def test_a_null_character_deep_in_free_form_data_is_found() -> None:
    facility = {"id": str(ID), "name": "Tampere", "timezone": "Europe/Helsinki", "metadata": {"a": [{"b": "\x00"}]}}
    body = message(type="haveri.directory.put_facility.v1", data={"facility": facility})
    refusal = refused(body, "haveri.demo.command.directory.put_facility.v1")
    assert refusal.detail == "facility.metadata.a.0.b: must not contain a null character"


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_in_json_is_refused_and_may_be_talked_about(number: str) -> None:
    """Or a timeline could neither hash nor keep it."""
    with pytest.raises(NotACloudEvent, match=f"must be JSON, which has no {number}"):
        open_envelope(json.dumps({**BODY, "data": {**DATA, "speed": float(number)}}).encode())

    _, read = decode(data(title=f"The meter shows {number}"), SUBJECT)
    assert isinstance(read, DeclareIncident)
    assert read.title == f"The meter shows {number}"


@pytest.mark.parametrize(
    "number",
    ["1e999", "-1E+400", "18446744073709551616", "-9223372036854775809", "1" * 4000],
)
@pytest.mark.parametrize("before", ["", " "])
def test_a_number_that_nobody_could_keep_and_pass_on_is_refused(number: str, before: str) -> None:
    body = json.dumps({**BODY, "data": {**DATA, "speeds": [1, 77777]}}).replace(" 77777", before + number)
    with pytest.raises(NotACloudEvent, match=r"the body: "):
        open_envelope(body.encode())


@pytest.mark.parametrize(
    "number", ["1e300", "18446744073709551615", "-9223372036854775808", "0.1234567890123456789012"]
)
def test_a_large_number_that_can_be_kept_is_taken(number: str) -> None:
    body = json.dumps({**BODY, "data": {**DATA, "speeds": [1, 77777]}}).replace("77777", number)
    assert open_envelope(body.encode()).data["speeds"][1] == json.loads(number)


@pytest.mark.parametrize("hint", ["<b>x</b>", 7, "a" * 41, "Two words", {"a": 1}, ""])
def test_a_hint_that_is_none_is_no_reason_to_refuse_an_event(hint: Any) -> None:
    assert open_envelope(json.dumps({**BODY, "timelineentry": hint}).encode()).timelineentry is None


def test_a_backslash_that_only_looks_like_a_null_character_is_kept() -> None:
    _, read = decode(data(title="a \\u0000 b"), SUBJECT)
    assert isinstance(read, DeclareIncident)
    assert read.title == "a \\u0000 b"


@pytest.mark.parametrize(
    "text",
    [
        "Täyttökone 2 jumissa 🏭🔥",
        "الخط ١ متوقف",
        "קו 1 מושבת \u202b(חיישן)\u202c",
        "<script>alert(1)</script> **bold** [link](x)",
        "x" * 200,
        "👩🏽‍🔧 e\u0301 \ufeff",
    ],
)
def test_what_people_type_survives_unchanged(text: str) -> None:
    _, read = decode(data(title=text), SUBJECT)
    assert isinstance(read, DeclareIncident)
    assert read.title == text


def test_the_same_moment_is_written_in_utc_whatever_zone_it_came_in() -> None:
    helsinki = datetime(2026, 3, 14, 7, 58, tzinfo=timezone(timedelta(hours=2)))
    command = AddEvent(incident_id=ID, type=EntryType.ACTION_TAKEN, text="Sensor swapped", occurred_at=helsinki)
    envelope = wrap(command, id=ID, source="web", organization="demo", actor="system:test", time=helsinki)
    written = json.loads(envelope.encode())
    assert written["time"] == "2026-03-14T05:58:00Z"
    assert written["data"]["occurred_at"] == "2026-03-14T05:58:00Z"
    assert envelope.time == datetime(2026, 3, 14, 5, 58, tzinfo=UTC)


def test_a_time_without_a_zone_or_a_forged_actor_cannot_even_be_wrapped() -> None:
    command = DeclareIncident.model_validate(DATA)
    good: dict[str, Any] = {
        "id": ID,
        "source": "web",
        "organization": "demo",
        "actor": "system:test",
        "time": datetime(2026, 3, 14, tzinfo=UTC),
    }
    with pytest.raises(ValidationError, match="time"):
        wrap(command, **{**good, "time": datetime(2026, 3, 14)})  # noqa: DTZ001 - the mistake under test
    with pytest.raises(ValidationError, match="actor"):
        wrap(command, **{**good, "actor": "administrator"})


def test_what_a_message_brings_about_keeps_its_correlation() -> None:
    first, second = UUID(int=1), UUID(int=2)
    assert open_envelope(message(correlationid=str(first))).caused() == (first, ID)
    assert open_envelope(message()).caused() == (ID, ID)
    command = DeclareIncident.model_validate(DATA)
    envelope = wrap(
        command,
        id=second,
        source="web",
        organization="demo",
        actor="system:test",
        time=datetime(2026, 3, 14, tzinfo=UTC),
        causation_id=first,
    )
    assert (envelope.correlationid, envelope.causationid, envelope.subject) == (second, first, str(ID))


class _UuidOfADriver(UUID):
    """As database drivers bring them along: a UUID in every way, but of a class that serialisers do not know."""


def test_an_id_as_a_database_driver_gives_it_travels_like_any_other() -> None:
    message = AddEvent(incident_id=ID, type=EntryType.ANNOTATION, text="belt ordered")
    id = _UuidOfADriver(str(ID))
    envelope = wrap(
        message,
        id=id,
        source="teams-gateway",
        organization="demo",
        actor="system:teams-gateway",
        time=datetime(2026, 3, 14, tzinfo=UTC),
        correlation_id=id,
        causation_id=id,
    )
    read = open_envelope(envelope.encode())
    assert (read.id, read.correlationid, read.causationid) == (ID, ID, ID)


def test_an_event_about_the_organisation_itself_says_so_in_its_subject() -> None:
    created = OrganizationCreated(organization=Organization(id="demo", name="Pyhäjärvi Beverages"))
    envelope = wrap(
        created,
        id=ID,
        source="directory",
        organization="demo",
        actor="system:haveri",
        time=datetime(2026, 3, 14, tzinfo=UTC),
    )
    assert envelope.subject == "demo"


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        (LeadAssigned(incident_id=ID, member_id=ID), "assignment"),
        (EventAdded(incident_id=ID, type=EntryType.ACTION_TAKEN, text="Sensor swapped"), "action_taken"),
        (PolicyRemoved(policy_id=ID), None),
    ],
)
def test_an_event_says_in_its_envelope_which_timeline_entry_it_becomes(event: Event, kind: str | None) -> None:
    now = datetime(2026, 3, 14, tzinfo=UTC)
    envelope = wrap(event, id=ID, source="test", organization="demo", actor="system:test", time=now)
    assert json.loads(envelope.encode()).get("timelineentry") == kind
    assert open_envelope(envelope.encode()).timelineentry == kind


@pytest.mark.parametrize("type", ["incident.lead_assigned.v2", "incident.unheard_of.v1", "workshop.opened.v1"])
def test_an_event_that_is_newer_than_its_reader_is_told_from_one_that_is_wrong(type: str) -> None:
    newer = {"anything": [1, 2]}
    with pytest.raises(UnknownEvent, match="is not known here") as told:
        decode(message(type=f"haveri.{type}", data=newer), f"haveri.demo.event.{type}")
    assert told.value.envelope.data == newer
    for subject in (
        f"haveri.demo.command.{type}",
        f"haveri.demo.event.{type}0",
        "haveri.demo.event.incident.declared.v1",
    ):
        refusal = refused(message(type=f"haveri.{type}", data=newer), subject)
        assert refusal.type == "unknown-message-version"
        assert not isinstance(refusal, UnknownEvent)


def test_an_entry_of_a_kind_that_is_not_known_here_is_read_and_handed_on_as_it_is() -> None:
    entry = {
        "seq": 1, "event_id": str(ID), "type": "handover", "occurred_at": "2026-03-14T05:42:00Z",
        "recorded_at": "2026-03-14T05:42:00Z", "actor": "system:test", "source_type": "haveri.workshop.handover.v1",
        "payload": {}, "hash": "0", "previous_hash": "0",
    }  # fmt: skip
    read = TimelineEntry.model_validate(entry)
    assert (read.type, EntryType.of(read.type)) == ("handover", EntryType.OTHER)
    assert read.model_dump(mode="json")["type"] == "handover"
    assert TimelineEntry.model_validate({**entry, "type": "message"}).type is EntryType.MESSAGE
    with pytest.raises(ValidationError):
        TimelineEntry.model_validate({**entry, "type": "<b>"})


def test_absent_extensions_are_left_out() -> None:
    written = json.loads(open_envelope(message()).encode())
    assert written.keys() == BODY.keys() | {"datacontenttype"}
