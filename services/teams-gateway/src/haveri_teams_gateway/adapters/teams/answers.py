"""What an HTTP answer from Microsoft means for whoever asked."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import orjson

from haveri_chat.ports import Conflict, PlatformRefused, PlatformUnavailable
from haveri_teams_gateway.application.metrics import CALLS

_LONGEST_WAIT = 86_400.0
_COME_BACK = frozenset({401, 408, 412, 423, 429})
_NAME_TAKEN = re.compile(r"name (is )?already|already (exist|taken|in use)", re.IGNORECASE)


def judge(what: str, status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """Do nothing for a success; raises PlatformUnavailable, Conflict or PlatformRefused otherwise.

    `what` was tried, in a few words; `now` turns a Retry-After date into seconds.
    """
    if 200 <= status < 300:
        return
    code, message = _error(body)
    reason = f"{what}: Teams answered {status} {code or message}".strip()[:180]
    if status in _COME_BACK or status >= 500:
        raise PlatformUnavailable(reason, retry_after(headers, now), status)
    if status == 409 or code == "NameAlreadyExists" or (status == 400 and _NAME_TAKEN.search(message)):
        raise Conflict(reason, status)
    raise PlatformRefused(reason, status)


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Measure a call to Teams by how it ended."""
    begun, end = time.perf_counter(), "failed"
    try:
        yield
        end = "done"
    except PlatformUnavailable as error:
        end = "throttled" if error.status == 429 else "unavailable"
        raise
    except PlatformRefused:
        end = "refused"
        raise
    finally:
        CALLS.labels(what, end).observe(time.perf_counter() - begun)


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """The wait in seconds that an answer asks for; a day at most is believed."""
    written = headers.get("retry-after", "")
    try:
        return min(_LONGEST_WAIT, max(0.0, float(written)))
    except ValueError:
        pass
    try:
        return min(_LONGEST_WAIT, max(0.0, (parsedate_to_datetime(written) - now).total_seconds()))
    except (TypeError, ValueError):
        return None


def _error(body: bytes) -> tuple[str, str]:
    """Code and message of an error; the innermost code says most."""
    try:
        found: Any = orjson.loads(body) if body else {}
    except orjson.JSONDecodeError:
        return "", ""
    error = found.get("error") if isinstance(found, dict) else None
    if not isinstance(error, dict):
        return "", ""
    inner = error.get("innerError")
    inner_code = inner.get("code") if isinstance(inner, dict) else None
    return str(inner_code or error.get("code") or ""), str(error.get("message") or "")
