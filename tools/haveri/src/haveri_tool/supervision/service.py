"""A service as a process forked from the supervisor."""

from __future__ import annotations

import gc
import http.client
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from haveri_devservers.log_files import open_log
from haveri_devservers.ports import LOOPBACK
from haveri_tool.supervision.forking import fork

STOP_GRACE_SECONDS = 12.0
_POLL_SECONDS = 0.02
_PROBE_SECONDS = 1.0


class ForkedService:
    """Runs `work` in a child; ready when its HTTP port answers `/readyz` with 200."""

    def __init__(self, work: Callable[[], None], log_file: Path, port: int) -> None:
        self.log_file = log_file
        self.port = port
        self._work = work
        self._pid: int | None = None
        self._exit_code: int | None = None

    @property
    def pid(self) -> int | None:
        """The process id, None when it does not run."""
        return self._pid if self.running() else None

    @property
    def exit_code(self) -> int | None:
        """How the last process ended (negative: by that signal), None while it runs or before the first start."""
        self.running()
        return self._exit_code

    @property
    def health_url(self) -> str:
        """Where its readiness is told."""
        return f"http://{LOOPBACK}:{self.port}/readyz"

    def start(self) -> int:
        """Fork it; its log is appended to, after having been put aside when it grew too large."""
        log = open_log(self.log_file)
        try:
            # What was imported stays shared with the child as long as no collection writes into it.
            gc.freeze()
            self._pid = fork(self._work, output=log)
        finally:
            os.close(log)
        self._exit_code = None
        return self._pid

    def running(self) -> bool:
        """Tell whether it lives; reaps it when it has died."""
        if self._pid is None:
            return False
        found, status = os.waitpid(self._pid, os.WNOHANG)
        if found == 0:
            return True
        self._exit_code = os.waitstatus_to_exitcode(status)
        self._pid = None
        return False

    def ready(self) -> bool:
        """Tell whether it lives and says that it is ready."""
        return self.running() and self.readiness()[0]

    def readiness(self) -> tuple[bool, str]:
        """Whether it says that it is ready, and what it says."""
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=_PROBE_SECONDS)
        try:
            connection.request("GET", "/readyz")
            answer = connection.getresponse()
            return answer.status == http.HTTPStatus.OK, answer.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException):
            return False, "it does not answer yet"
        finally:
            connection.close()

    def ask_to_stop(self) -> None:
        """Send SIGTERM and return: it finishes what it does and ends."""
        self._signal(signal.SIGTERM)

    def stop(self) -> None:
        """Stop it and wait for its end; kill it if it takes longer than its grace."""
        self.ask_to_stop()
        deadline = time.monotonic() + STOP_GRACE_SECONDS
        while self.running():
            if time.monotonic() > deadline:
                self.kill()
            time.sleep(_POLL_SECONDS)

    def kill(self) -> None:
        """End it at once."""
        self._signal(signal.SIGKILL)
        while self.running():
            time.sleep(_POLL_SECONDS)

    def _signal(self, number: signal.Signals) -> None:
        if self._pid is not None and self.running():
            os.kill(self._pid, number)
