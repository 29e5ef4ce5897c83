"""Where a house on one machine keeps its things: `HAVERI_HOME`, by default `.haveri` in the present folder."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

VARIABLE = "HAVERI_HOME"
DEFAULT = ".haveri"


@dataclass(frozen=True)
class Home:
    """The folders and files of one house. `root` is absolute."""

    root: Path

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> Home:
        """The home that the environment names."""
        return cls(Path(environment.get(VARIABLE) or DEFAULT).absolute())

    @property
    def endpoints_file(self) -> Path:
        """Where everything is; exists when, and only when, everything is ready."""
        return self.root / "endpoints.json"

    @property
    def lock_file(self) -> Path:
        """Held by the one supervisor of this house."""
        return self.root / "lock"

    @property
    def secrets(self) -> Path:
        """Passwords and keys, made once."""
        return self.root / "secrets"

    @property
    def logs(self) -> Path:
        """What the services say."""
        return self.root / "logs"

    def log_of(self, service: str) -> Path:
        """The log of one service."""
        return self.logs / f"{service}.log"

    def server(self, name: str) -> Path:
        """The folder of one server's data, log and secrets."""
        return self.root / name

    def prepare(self) -> None:
        """Make the folders. PostgreSQL may run as another account and has to pass through the first."""
        self.root.mkdir(parents=True, exist_ok=True)
        self.root.chmod(0o755)
        for private in (self.secrets, self.logs):
            private.mkdir(exist_ok=True)
            private.chmod(0o700)
