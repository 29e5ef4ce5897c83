"""Answers go through as they are, and only to the organisation they belong to."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from haveri_chassis.bus import OwnerUnavailable, QueryRefused
from haveri_chassis.bus.replies import (
    ORGANIZATION,
    NotAnswered,
    cut_result,
    outcome_body,
    problem_body,
    reply_headers,
    result_body,
    to_json,
)
from haveri_chassis.messages import Sender
from haveri_contracts.incident.queries import IncidentCounts
from haveri_contracts.outcomes import Outcome, Problem, QueryReply
from haveri_devservers.testing.clock import ManualClock
from haveri_devservers.testing.ids import SequentialIds

HEADERS = {ORGANIZATION: "demo"}
Json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(answer=Json)
def test_an_answer_comes_out_as_it_went_in(answer: Any) -> None:
    """Byte for byte, and what is on the wire is the published reply."""
    written = orjson.dumps(answer)

    assert cut_result(result_body(written), HEADERS, "demo") == written
    assert QueryReply.model_validate_json(result_body(written)).result == answer


def test_a_problem_is_raised_as_the_owner_meant_it() -> None:
    """With its name, its title and every finding."""
    problem = Problem(type="no-such-incident", title="There is none.", detail="INC-9", errors=[{"field": "incident"}])

    with pytest.raises(QueryRefused) as refusal:
        cut_result(problem_body(problem), HEADERS, "demo")

    assert refusal.value.problem == problem
    assert Problem.of(refusal.value) == problem


def test_a_fault_of_the_owner_is_no_refusal() -> None:
    """A refusal would be the final answer to a command that asked on the way; a fault only means: later."""
    with pytest.raises(OwnerUnavailable, match="because of a fault"):
        cut_result(problem_body(Problem.of(NotAnswered())), HEADERS, "demo")


@pytest.mark.parametrize("headers", [None, {}, {ORGANIZATION: "other"}])
def test_an_answer_for_another_organisation_is_not_taken(headers: dict[str, str] | None) -> None:
    """Nor one that does not say whose it is."""
    with pytest.raises(OwnerUnavailable):
        cut_result(result_body(b"{}"), headers, "demo")


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{}", b'{"result":', b'{"problem":{}}', b'{"problem":null}'])
def test_an_answer_that_cannot_be_read_is_no_answer(body: bytes) -> None:
    """It is as if the owner were away."""
    with pytest.raises(OwnerUnavailable):
        cut_result(body, HEADERS, "demo")


def test_an_answer_written_with_other_spaces_is_read_too() -> None:
    """The short cut is not the only way."""
    assert cut_result(b'{ "result" : {"a": 1} }', HEADERS, "demo") == b'{"a":1}'


def test_models_and_json_are_both_answers() -> None:
    """JSON goes through untouched."""
    assert to_json(b'{"as":"it is"}') == b'{"as":"it is"}'
    assert orjson.loads(to_json(IncidentCounts(by_status={"DECLARED": 1}, open_by_severity={}))) == {
        "by_status": {"DECLARED": 1},
        "open_by_severity": {},
        "unacknowledged": 0,
    }


def test_a_reply_is_a_cloudevent_in_binary_mode() -> None:
    """Its attributes are headers."""
    clock = ManualClock(datetime(2026, 11, 23, tzinfo=UTC))
    headers = reply_headers(Sender("incident", clock, SequentialIds()), "haveri.incident.outcome.v1", "demo", None, "7")

    assert headers["ce-specversion"] == "1.0"
    assert headers["ce-source"] == "haveri/incident"
    assert headers["ce-type"] == "haveri.incident.outcome.v1"
    assert headers["ce-subject"] == "7"
    assert {"ce-id", "ce-time", "ce-actor"} <= headers.keys()


def test_an_outcome_says_only_what_it_has() -> None:
    """Neither `result: null` nor `problem: null`."""
    id = SequentialIds().new()

    assert orjson.loads(outcome_body(Outcome.accepted(id, {"number": "INC-1"}))) == {
        "command_id": str(id),
        "status": "accepted",
        "result": {"number": "INC-1"},
    }
