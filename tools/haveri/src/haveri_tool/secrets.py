"""Secrets of one house: made at the first start, kept in files that only their owner may read."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable
from pathlib import Path

from haveri_chassis.private_files import kept_secret, write_private
from haveri_tool.home import Home

# Letters and digits that nobody confuses when a password is read from a screen.
_READABLE = "abcdefghijkmnpqrstuvwxyz23456789"


class Secrets:
    """The passwords and keys of the house in `home`."""

    def __init__(self, home: Home) -> None:
        self._folder = home.secrets

    def database_password(self, service: str) -> str:
        """With which a service signs in to PostgreSQL."""
        return kept_secret(self._file(f"database-{service}"))

    def administrator_password(self) -> str:
        """Of the demo organisation's administrator."""
        return self._kept("administrator-password", readable_password)

    def teams_app_id(self) -> str:
        """The bot's id in the local tenant. No secret, but it too is made once and kept."""
        return self._kept("teams-app-id", lambda: str(uuid.uuid4()))

    def teams_app_secret(self) -> str:
        """The bot's secret in the local tenant."""
        return kept_secret(self._file("teams-app-secret"))

    def link_key(self) -> str:
        """With which the escalation service signs the links in its notifications."""
        return kept_secret(self._file("link-key"))

    def api_token(self) -> str | None:
        """The demo administrator's API token, None while there is none."""
        file = self._file("api-token")
        return file.read_text(encoding="utf-8").strip() if file.exists() else None

    def keep_api_token(self, token: str) -> None:
        """Remember the token, which cannot be read back from the database."""
        write_private(self._file("api-token"), f"{token}\n")

    def _kept(self, name: str, make: Callable[[], str]) -> str:
        file = self._file(name)
        if not file.exists():
            write_private(file, f"{make()}\n")
        return file.read_text(encoding="utf-8").strip()

    def _file(self, name: str) -> Path:
        return self._folder / name


def readable_password() -> str:
    """A password of 80 random bits in four groups, easy to type."""
    return "-".join("".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(4))
