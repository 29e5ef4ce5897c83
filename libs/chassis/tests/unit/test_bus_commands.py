"""Where an outcome may be sent."""

from __future__ import annotations

import pytest

from haveri_chassis.bus.replies import is_inbox


@pytest.mark.parametrize("subject", ["_INBOX.a", "_INBOX.AVi44HVYnBqeYPUB8JqgNL.0190a6b0-0000-7000-8000-000000000001"])
def test_an_inbox_is_answered(subject: str) -> None:
    """A single subject under `_INBOX.`."""
    assert is_inbox(subject)


@pytest.mark.parametrize(
    "subject",
    [
        "",
        "_INBOX",
        "_INBOX.",
        "_INBOX.>",
        "_INBOX.*.a",
        "_INBOX.a..b",
        "_INBOX.a b",
        "_INBOX.a\r\nPUB x 0",
        "_INBOX.a\n",
        "haveri.demo.event.incident.declared.v1",
        "$JS.API.STREAM.PURGE.EVENTS",
        "x_INBOX.a",
    ],
)
def test_nothing_else_is_answered(subject: str) -> None:
    """Or a sender could make us publish anywhere, with our rights."""
    assert not is_inbox(subject)
