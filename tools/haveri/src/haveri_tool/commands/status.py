"""`haveri status`."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import psutil

from haveri_tool.access import Access

_SECONDS = 2.0
_HAS_HEARTBEAT = "escalation"


@dataclass(frozen=True)
class Row:
    """One process: how it is, in words, and how long it has run (seconds; None when it is gone)."""

    name: str
    pid: int
    healthy: bool
    health: str
    age: float | None


def status(access: Access, now: float) -> Iterator[Row]:
    """Every service and server, asked now. `now` is seconds since 1970."""
    for name, about in access.endpoints["services"].items():
        healthy, said = _asked(about["health"])
        if name == _HAS_HEARTBEAT and healthy:
            healthy, said = _heartbeat(about["health"])
        yield Row(name, about["pid"], healthy, said, _age(about["pid"], now))
    for name, about in access.endpoints["servers"].items():
        age = _age(about["pid"], now)
        yield Row(name, about["pid"], age is not None, "runs" if age is not None else "is being started again", age)


def _asked(url: str) -> tuple[bool, str]:
    answered = _get(url)
    if answered is None:
        return False, "does not answer"
    status, body = answered
    if status == http.HTTPStatus.OK:
        return True, "ready"
    problems = body.get("problems", [])
    return False, "; ".join(f"{problem['component']}: {problem['problem']}" for problem in problems) or "not ready"


def _heartbeat(health_url: str) -> tuple[bool, str]:
    """A service may be ready, and its engine stand still all the same."""
    answered = _get(health_url.replace("/readyz", "/heartbeat"))
    if answered is None:
        return False, "ready, but nobody can tell whether it breathes"
    status, body = answered
    return (True, "ready and breathing") if status == http.HTTPStatus.OK else (False, f"ready, but {body['reason']}")


def _get(url: str) -> tuple[int, dict[str, Any]] | None:
    place = urlsplit(url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=_SECONDS)
    try:
        connection.request("GET", place.path)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()


def _age(pid: int, now: float) -> float | None:
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else now - process.create_time()
    except psutil.NoSuchProcess:
        return None
