"""What logs say, and what they never say."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haveri_chassis import logs, telemetry

TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """Put the root logger back, so that other tests log as before."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    """The JSON lines written so far."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_log_line_says_whose_and_in_which_trace(capsys: pytest.CaptureFixture[str]) -> None:
    """So that all lines of one chat message are found with one search."""
    logs.setup("incident")

    with telemetry.span("handle", TRACEPARENT), logs.bound(organization="demo", message_id="42"):
        logs.get_logger("test").info("declared", number="INC-1")

    (line,) = lines(capsys)
    assert line["event"] == "declared"
    assert line["number"] == "INC-1"
    assert (line["organization"], line["message_id"], line["service"]) == ("demo", "42", "incident")
    assert line["trace_id"] == "0af7651916cd43dd8448eb211c80319c"


def test_libraries_log_in_the_same_format(capsys: pytest.CaptureFixture[str]) -> None:
    """The standard library's logging ends in the same lines."""
    logs.setup("incident")

    logging.getLogger("some.library").warning("lost %s", "postgresql://haveri:hunter2@db/haveri")

    (line,) = lines(capsys)
    assert line["event"] == f"lost postgresql://haveri:{logs.REDACTED}@db/haveri"
    assert line["level"] == "warning"


def test_the_console_format_is_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    """No JSON, the sentence first."""
    logs.setup("incident", log_format="console")

    logs.get_logger("test").info("the bus is connected", consumers=3)

    shown = capsys.readouterr().out
    assert "the bus is connected" in shown
    assert "consumers=3" in shown
    assert not shown.startswith("{")


def test_the_level_is_respected(capsys: pytest.CaptureFixture[str]) -> None:
    """Debug lines stay away unless asked for."""
    logs.setup("incident", level="WARNING")

    logs.get_logger("test").info("quiet")
    logs.get_logger("test").warning("loud")

    assert [line["event"] for line in lines(capsys)] == ["loud"]


@pytest.mark.parametrize(
    "key",
    [
        "password",
        "Authorization",
        "api_token",
        "client_secret",
        "Cookie",
        "TEAMS_APP_SECRET",
        "x-api-key",
        "session_cookie",
    ],
)
def test_values_under_secret_names_are_blanked_at_any_depth(key: str) -> None:
    """Whatever they look like."""
    event = logs.redact(None, "info", {"event": "sent", key: "abc", "request": {"headers": [{key: "abc"}]}})

    assert event[key] == logs.REDACTED
    assert event["request"] == {"headers": [{key: logs.REDACTED}]}


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("cannot reach nats://services:Tr0ub4dor@10.0.0.1:4222", "Tr0ub4dor"),
        ("postgresql://u:p%40ss@h/db refused", "p%40ss"),
        ("header was Bearer abcdef123456", "abcdef123456"),
        ("Authorization: Basic dXNlcjpwYXNz", "dXNlcjpwYXNz"),
        ("token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sig-nature", "eyJzdWIiOiIxIn0"),
        ("POST client_secret=verysecret&grant_type=x", "verysecret"),
        ('{"password": "hunter2"}', "hunter2"),
    ],
)
def test_text_that_looks_like_a_secret_is_blanked(text: str, secret: str) -> None:
    """In sentences, in nested values and in exceptions' texts."""
    assert secret not in logs.clean_text(text)
    assert secret not in str(logs.redact(None, "info", {"event": text, "nested": {"why": [text]}}))


@pytest.mark.parametrize("word", ["a", "a.b+", "-eyJa", "bearer ", "://a:", "password ", "token="])
def test_text_of_any_length_is_cleaned_in_no_time(word: str) -> None:
    """What somebody pastes into a chat can end in an error's text; it must not hold up a whole service."""
    begun = time.perf_counter()
    logs.clean_text(word * (200_000 // len(word)))

    assert time.perf_counter() - begun < 1.0


def test_an_exception_is_logged_without_its_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    """Drivers like to put addresses into their messages."""
    logs.setup("incident")

    try:
        raise OSError("cannot connect to postgresql://haveri:hunter2@db/haveri")
    except OSError:
        logs.get_logger("test").exception("it failed")

    (line,) = lines(capsys)
    assert "OSError" in str(line["exception"])
    assert "hunter2" not in json.dumps(line)


@given(
    st.dictionaries(
        st.sampled_from(["event", "n", "why", "list"]),
        st.recursive(st.text() | st.integers() | st.none(), lambda inner: st.lists(inner, max_size=3), max_leaves=6),
    )
)
def test_whatever_is_logged_stays_loggable(event: dict[str, object]) -> None:
    """Redaction never fails and never makes something JSON cannot hold."""
    json.dumps(logs.redact(None, "info", dict(event)))
