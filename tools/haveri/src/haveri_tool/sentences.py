"""Sentences for what the libraries and services below us raise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import asyncpg
from pydantic import ValidationError

from haveri_chassis.bus import BusUnavailable, OwnerUnavailable
from haveri_chassis.bus.dead_letters import NoSuchLetter
from haveri_chassis.migrations import MigrationError
from haveri_contracts.plain import Refusal
from haveri_teams_tenant.client import TenantRefused

_LOOK = "`haveri status` and `haveri logs` say what is wrong."


def _first_fault(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}."


_Wording = tuple[tuple[type[Exception], ...], Callable[[Any], str]]

# The first that fits: TimeoutError is an OSError, for one.
_WORDINGS: tuple[_Wording, ...] = (
    ((NoSuchLetter, MigrationError), str),
    ((Refusal,), lambda error: f"{error.title} {error.detail}" if error.detail != error.title else error.title),
    ((ValidationError,), _first_fault),
    ((BusUnavailable, OwnerUnavailable), lambda error: f"The house does not answer: {error}. {_LOOK}"),
    ((TenantRefused,), lambda error: f"The local Teams tenant refused: {error.detail}"),
    ((TimeoutError,), lambda _: f"That took too long. {_LOOK}"),
    (
        (OSError, asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError),
        lambda error: f"The database or the bus cannot be reached: {error}. {_LOOK}",
    ),
)


def sentence_of(error: Exception) -> str | None:
    """One sentence for the person at the terminal; None for what is a fault of ours and deserves its traceback."""
    return next((say(error) for kinds, say in _WORDINGS if isinstance(error, kinds)), None)
