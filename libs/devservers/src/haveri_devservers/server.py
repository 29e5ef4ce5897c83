"""The one shape that every embedded server has."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from haveri_devservers.accounts import Account


@dataclass(frozen=True)
class Launch:
    """How a server's process is started: program and arguments, account, additions to the environment."""

    arguments: tuple[str, ...]
    account: Account
    environment: Mapping[str, str] = field(default_factory=dict)


class EmbeddedServer(Protocol):
    """A server on the loopback interface whose program comes from a PyPI wheel and whose data stays in `directory`.

    It describes; `ServerProcess` runs it. Nothing here needs an event loop or a thread.
    """

    @property
    def name(self) -> str:
        """A short name for people and for `endpoints.json`: `postgres`, `nats` or `s3`."""

    @property
    def directory(self) -> Path:
        """Where data, secrets, configuration, log and pid file are."""

    @property
    def port(self) -> int:
        """The port for its clients, chosen by whoever made this object."""

    @property
    def stop_signal(self) -> signal.Signals:
        """The signal that makes it finish its writes and exit."""

    @property
    def stop_grace(self) -> float:
        """Seconds it may take to exit before it is killed."""

    def prepare(self) -> None:
        """Make everything that a start needs, on disk; safe to repeat, keeps data and secrets.

        Raises EmbeddedServerError when the directory, its data or the installation cannot be used.
        """

    def launch(self) -> Launch:
        """Give what to start, after `prepare`."""

    def ready(self) -> bool:
        """Tell whether it answers its clients now; cheap, at most about a second."""
