"""Servers that stop when the process that started them is gone, even if it was killed."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1


def stop_with_parent(signal_number: int) -> Callable[[], None] | None:
    """Give the hook that runs in a child before its program: it will get `signal_number` when this process dies.

    The kernel watches the *thread* that forks, so start servers from a thread that lives as long as they should.
    Only Linux has this; elsewhere there is no hook, and `ServerProcess` finds a survivor by its pid file.
    """
    if sys.platform != "linux":
        return None
    # Looked up here, not in the child: after a fork nothing may allocate or take locks.
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def ask_kernel() -> None:
        prctl(_PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
        if os.getppid() != parent:  # it died before the kernel was asked
            os._exit(1)

    return ask_kernel
