"""Signals as something to wait for: no handler does anything but remember."""

from __future__ import annotations

import os
import select
import signal
from types import FrameType, TracebackType

_STOP = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Signals:
    """Counts requests to stop, and wakes `wait` for them and for children that ended. A context manager."""

    def __init__(self) -> None:
        self.stops_asked = 0
        self._read, self._write = os.pipe()
        for descriptor in (self._read, self._write):
            os.set_blocking(descriptor, False)

    def __enter__(self) -> Signals:
        """Listen from now on."""
        for number in _STOP:
            # `nohup` ignores hanging up for us. A shell's `&` ignores Ctrl-C too, but one that comes is meant for us.
            if number is not signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._stop_asked)
        # Without a handler of Python's, the wake-up descriptor is not written to.
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave signals to their usual ends again."""
        signal.set_wakeup_fd(-1)
        for number in (*_STOP, signal.SIGCHLD):
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, signal.SIG_DFL)
        os.close(self._read)
        os.close(self._write)

    def wait(self, seconds: float | None) -> None:
        """Return after a signal, or after `seconds` (None: never)."""
        readable, _, _ = select.select([self._read], [], [], None if seconds is None else max(0.0, seconds))
        if readable:
            os.read(self._read, 4096)

    def _stop_asked(self, number: int, frame: FrameType | None) -> None:
        self.stops_asked += 1
