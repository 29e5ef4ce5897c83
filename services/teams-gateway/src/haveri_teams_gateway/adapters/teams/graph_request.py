"""A request to Graph, ready to be sent."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GraphRequest:
    """Method, whole URL, and the JSON body if it has one."""

    method: str
    url: str
    content: bytes | None
