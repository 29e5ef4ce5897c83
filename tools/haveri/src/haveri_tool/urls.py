"""Changing one part of a URL."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit


def with_login(url: str, user: str, password: str) -> str:
    """The same place for another user; the password is of URL-safe characters."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{user}:{password}@{parts.netloc.rpartition('@')[2]}"))


def without_login(url: str) -> str:
    """The place without user and password; empty for an empty URL."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def with_database(url: str, name: str) -> str:
    """The same server and user with another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
