"""Keeping one process alive: started, probed until ready, started again when it died."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from haveri_devservers.errors import EmbeddedServerError
from haveri_devservers.log_files import last_lines
from haveri_tool.supervision.process import SupervisedProcess

PROBE_SECONDS = 0.05
LONG_LIFE_SECONDS = 10.0
_BACKOFF_SECONDS = (0.0, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
_TRIES_BEFORE_FIRST_READY = 3
_SETTINGS_ARE_WRONG = 2
_LOG_LINES = 12


class State(Enum):
    """What a kept process does."""

    STOPPED = "stopped"
    STARTING = "starting"
    READY = "ready"
    RESTING = "resting"


class WillNotStart(RuntimeError):
    """A process has never come up and never will by itself; the message is for people, with its last log lines."""


@dataclass(frozen=True)
class ProcessEvent:
    """Something that a person at the terminal wants to know."""

    name: str
    text: str
    good: bool = True


class ManagedProcess:
    """Looks after one process. `turn` is called often; times are seconds of one monotonic clock."""

    def __init__(self, name: str, process: SupervisedProcess, notify: Callable[[ProcessEvent], None]) -> None:
        self.name = name
        self.process = process
        self.state = State.STOPPED
        self.pid: int | None = None
        self._notify = notify
        self._was_ready = False
        self._deaths = 0
        self._begun = 0.0
        self._down_since = 0.0
        self._next_look = 0.0

    def start(self, now: float) -> None:
        """Start it for the first time; raises EmbeddedServerError when it cannot be."""
        self.process.start()
        self._begun = self._down_since = now
        self._next_look = now
        self.state = State.STARTING

    @property
    def ready(self) -> bool:
        """It runs and has said that it is ready."""
        return self.state is State.READY

    @property
    def next_look(self) -> float | None:
        """When it wants its next turn, None when only a signal brings an event."""
        return self._next_look if self.state in (State.STARTING, State.RESTING) else None

    def turn(self, now: float) -> None:
        """Look at the process and do what is needed; raises WillNotStart when it never came up."""
        if self.state is State.RESTING and now >= self._next_look:
            self._start_again(now)
        elif self.state in (State.STARTING, State.READY) and not self.process.running():
            self._died(now)
        elif self.state is State.STARTING and now >= self._next_look:
            self._probe(now)

    def _probe(self, now: float) -> None:
        if not self.process.ready():
            self._next_look = now + PROBE_SECONDS
            return
        self.state = State.READY
        self.pid = self.process.pid
        took = f"{now - self._down_since:.1f} s"
        self._notify(ProcessEvent(self.name, f"back after {took}" if self._was_ready else f"ready after {took}"))
        self._was_ready = True

    def _died(self, now: float) -> None:
        how = how_it_ended(self.process.exit_code)
        if self.state is State.READY:
            self._down_since = now
        if now - self._begun > LONG_LIFE_SECONDS:
            self._deaths = 0
        self._deaths += 1
        if not self._was_ready:
            self._give_up_if_hopeless(how)
        pause = _BACKOFF_SECONDS[min(self._deaths, len(_BACKOFF_SECONDS)) - 1]
        self._notify(
            ProcessEvent(self.name, f"{how}; starting it again" + (f" in {pause:g} s" if pause else ""), good=False)
        )
        self.state = State.RESTING
        self._next_look = now + pause

    def _start_again(self, now: float) -> None:
        try:
            self.process.start()
        except EmbeddedServerError as error:
            self._deaths += 1
            self._next_look = now + _BACKOFF_SECONDS[min(self._deaths, len(_BACKOFF_SECONDS)) - 1]
            self._notify(ProcessEvent(self.name, f"cannot be started: {error}", good=False))
            return
        self._begun = self._next_look = now
        self.state = State.STARTING

    def _give_up_if_hopeless(self, how: str) -> None:
        if self.process.exit_code != _SETTINGS_ARE_WRONG and self._deaths < _TRIES_BEFORE_FIRST_READY:
            return
        said = last_lines(self.process.log_file, _LOG_LINES)
        raise WillNotStart(
            f"{self.name} {how} each time it was started. The end of its log, {self.process.log_file}:\n{said}"
        )


def how_it_ended(exit_code: int | None) -> str:
    """An exit code in words."""
    if exit_code is not None and exit_code < 0:
        return f"was ended by {signal.Signals(-exit_code).name}"
    return f"ended with code {exit_code}"
