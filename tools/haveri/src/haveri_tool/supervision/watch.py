"""The supervisor's loop."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence

from haveri_tool.supervision.managed_process import ManagedProcess, WillNotStart
from haveri_tool.supervision.process import SupervisedProcess
from haveri_tool.supervision.service import STOP_GRACE_SECONDS
from haveri_tool.supervision.signals import Signals

_STOP_POLL_SECONDS = 0.05


class StopAsked(Exception):
    """Somebody pressed Ctrl-C or sent SIGTERM."""


class Watch:
    """Gives every managed process its turn, and sleeps until one wants another or a signal comes."""

    def __init__(self, signals: Signals, clock: Callable[[], float] = time.monotonic) -> None:
        self._signals = signals
        self._clock = clock
        self.managed: list[ManagedProcess] = []

    def add(self, *managed: ManagedProcess) -> None:
        """Start these and look after them; raises EmbeddedServerError when one cannot be started."""
        for one in managed:
            self.managed.append(one)
            one.start(self._clock())

    def turn(self) -> None:
        """One look at everything; raises StopAsked or WillNotStart."""
        if self._signals.stops_asked:
            raise StopAsked
        for one in self.managed:
            one.turn(self._clock())

    def until(self, done: Callable[[], bool], *, within: float, waiting_for: Callable[[], str]) -> None:
        """Look after everything until `done`; raises WillNotStart after `within` seconds, naming what it waited for."""
        deadline = self._clock() + within
        self.turn()
        while not done():
            if self._clock() > deadline:
                raise WillNotStart(f"After {within:g} seconds {waiting_for()}.")
            self._rest(deadline)
            self.turn()

    def until_ready(self, managed: Iterable[ManagedProcess], *, within: float) -> None:
        """Look after everything until all of these are ready."""
        wanted = list(managed)

        def missing() -> str:
            return f"not ready: {', '.join(one.name for one in wanted if not one.ready)}"

        self.until(lambda: all(one.ready for one in wanted), within=within, waiting_for=missing)

    def forever(self, after_turn: Callable[[], None]) -> None:
        """Look after everything until somebody wants it to stop: raises StopAsked."""
        while True:
            self._rest(None)
            self.turn()
            after_turn()

    def _rest(self, deadline: float | None) -> None:
        moments = [moment for one in self.managed if (moment := one.next_look) is not None]
        if deadline is not None:
            moments.append(deadline)
        self._signals.wait(min(moments) - self._clock() if moments else None)

    def stop(self, *layers: Sequence[SupervisedProcess]) -> None:
        """Stop layer after layer, the processes of one side by side; a second Ctrl-C kills what has not ended."""
        asked_before = self._signals.stops_asked
        for layer in layers:
            for process in layer:
                process.ask_to_stop()
            self._wait_for_end(layer, asked_before)
            for process in layer:
                process.stop()

    def _wait_for_end(self, layer: Sequence[SupervisedProcess], asked_before: int) -> None:
        deadline = self._clock() + STOP_GRACE_SECONDS
        while any(process.running() for process in layer):
            if self._signals.stops_asked > asked_before or self._clock() > deadline:
                for process in layer:
                    process.kill()
                return
            self._signals.wait(_STOP_POLL_SECONDS)
