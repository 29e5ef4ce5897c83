"""Remembering which process serves a directory, and which one started it."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

import psutil

from haveri_chassis.private_files import write_private

# A process's time of birth is told from the time of boot, which moves when the clock is set right.
_CLOCK_DRIFT_SECONDS = 5.0


@dataclass(frozen=True)
class Survivor:
    """A server that still runs on a directory; `owned` when the process that started it lives too."""

    pid: int
    owned: bool


class PidFile:
    """A server's process and its supervisor's, each with the time of its birth.

    A pid alone is no proof: after a reboot, or in a container, another process soon has the same one.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, pid: int) -> None:
        """Remember that this process started the server `pid`."""
        facts = (pid, _born(pid), os.getpid(), _born(os.getpid()))
        write_private(self._path, " ".join(str(fact) for fact in facts) + "\n")

    def remove(self) -> None:
        """Forget the server, which has ended."""
        self._path.unlink(missing_ok=True)

    def survivor(self) -> Survivor | None:
        """Give the remembered server if it still runs."""
        try:
            pid, born, owner, owner_born = self._path.read_text(encoding="utf-8").split()
        except (FileNotFoundError, ValueError):
            return None
        if not _lives(int(pid), float(born)):
            return None
        return Survivor(int(pid), owned=_lives(int(owner), float(owner_born)))


def _lives(pid: int, born: float) -> bool:
    now_born = _born(pid)
    return now_born > 0 and abs(now_born - born) < _CLOCK_DRIFT_SECONDS


def _born(pid: int) -> float:
    """Give the time of a process's birth in seconds since 1970; 0 when it has ended, collected or not."""
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        if process.status() != psutil.STATUS_ZOMBIE:
            return process.create_time()
    return 0.0
