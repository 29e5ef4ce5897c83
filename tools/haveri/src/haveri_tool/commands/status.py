"""`haveri status`."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import psutil

from haveri_tool.access import Access

_SECONDS = 2.0


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
        yield Row(name, about["pid"], healthy, said, _age(about["pid"], now))
    for name, about in access.endpoints["servers"].items():
        age = _age(about["pid"], now)
        yield Row(name, about["pid"], age is not None, "runs" if age is not None else "is being started again", age)


def _asked(url: str) -> tuple[bool, str]:
    place = urlsplit(url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=_SECONDS)
    try:
        connection.request("GET", place.path)
        answer = connection.getresponse()
        body = json.loads(answer.read())
    except (OSError, http.client.HTTPException, ValueError):
        return False, "does not answer"
    finally:
        connection.close()
    if answer.status == http.HTTPStatus.OK:
        return True, "ready"
    problems = body.get("problems", [])
    return False, "; ".join(f"{problem['component']}: {problem['problem']}" for problem in problems) or "not ready"


def _age(pid: int, now: float) -> float | None:
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else now - process.create_time()
    except psutil.NoSuchProcess:
        return None
