"""The one shape of a supervised process: an embedded server, or a service forked from us."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol


class SupervisedProcess(Protocol):
    """Can be started again after it ended. `haveri_devservers.ServerProcess` fits."""

    log_file: Path

    @property
    def pid(self) -> int | None:
        """The process id, None when it does not run."""

    @property
    def exit_code(self) -> int | None:
        """How the last process ended (negative: by that signal), None while it runs or before the first start."""

    def start(self) -> int:
        """Start it without waiting until it is ready; gives its process id."""

    def running(self) -> bool:
        """Tell whether it lives; reaps it when it has died."""

    def ready(self) -> bool:
        """Tell whether it lives and answers; takes a second at most."""

    def ask_to_stop(self) -> None:
        """Send the stop signal and return."""

    def stop(self) -> None:
        """Stop it and wait for its end, killing it after its grace."""

    def kill(self) -> None:
        """End it at once."""
