"""Servers that stop when the process that started them is gone, even if it was killed."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1


def stop_with_parent(signal_number: int) -> Callable[[], None]:
    """Give the hook that runs in a child before its program: it will get `signal_number` when this process dies.

    The kernel watches the *thread* that forks, so start servers from a thread that lives as long as they should.
    Only Linux does this; elsewhere a survivor is found by its pid file at the next start.
    """
    # Looked up here, not in the child: after a fork nothing may allocate or take locks.
    prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None
    parent = os.getpid()

    def prepare_child() -> None:
        # A supervisor may hold its signals back while it starts things; the server must not inherit that.
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        if prctl is not None:
            prctl(_PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
        if os.getppid() != parent:  # it died before the kernel was asked
            os._exit(1)

    return prepare_child
