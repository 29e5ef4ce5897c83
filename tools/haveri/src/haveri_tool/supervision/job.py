"""Work that needs an event loop, done in a child, so that the supervisor stays free of one."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from haveri_devservers.log_files import last_lines, open_log
from haveri_tool.supervision.forking import fork
from haveri_tool.supervision.managed_process import WillNotStart
from haveri_tool.supervision.watch import Watch

_LOG_LINES = 12
_WITHIN_SECONDS = 120.0


def run_job(watch: Watch, name: str, work: Callable[[], Coroutine[Any, Any, None]], log_file: Path) -> None:
    """Do `work` in a forked child while everything else is looked after; raises WillNotStart when it fails.

    What it prints goes to `log_file`.
    """
    log = open_log(log_file)
    try:
        pid = fork(lambda: asyncio.run(work()), output=log)
    finally:
        os.close(log)
    codes: list[int] = []
    try:
        watch.until(lambda: _ended(pid, codes), within=_WITHIN_SECONDS, waiting_for=lambda: f"{name} was not done")
    finally:
        if not codes:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    if codes != [0]:
        raise WillNotStart(f"{name} failed. The end of {log_file}:\n{last_lines(log_file, _LOG_LINES)}")


def _ended(pid: int, codes: list[int]) -> bool:
    found, status = os.waitpid(pid, os.WNOHANG)
    if found:
        codes.append(os.waitstatus_to_exitcode(status))
    return bool(codes)
