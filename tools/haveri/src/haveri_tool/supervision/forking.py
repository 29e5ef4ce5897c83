"""Forking a child that shares what was imported before, and nothing else."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable

from haveri_devservers.lifeline import stop_with_parent

_CRASHED = 1
_EVERY_SIGNAL = set(signal.Signals)
_OWN_HANDLERS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)


def fork(work: Callable[[], None], *, output: int | None = None) -> int:
    """Run `work` in a forked child and give its process id.

    The child has a session of its own (Ctrl-C reaches only us), dies with us, and writes to the descriptor `output`
    if one is given. Its exit code is 0, or what `work` passed to `sys.exit`, or 1 after an exception.

    The caller must have no other thread and no event loop: their locks would stay locked in the child for ever.
    """
    # All of us dies together: the databases and the bus go too, so there is nothing left to finish.
    die_with_parent = stop_with_parent(signal.SIGKILL)
    sys.stdout.flush()
    sys.stderr.flush()
    # Until the child has handlers of its own, a signal would run ours in it.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _EVERY_SIGNAL)
    pid = os.fork()
    if pid == 0:
        _be_child(work, die_with_parent, output)
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return pid


def _be_child(work: Callable[[], None], die_with_parent: Callable[[], None], output: int | None) -> None:
    code = _CRASHED
    try:
        signal.set_wakeup_fd(-1)
        for number in _OWN_HANDLERS:
            signal.signal(number, signal.SIG_DFL)
        os.setsid()
        _redirect(output)
        die_with_parent()
        work()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else _CRASHED
    except BaseException:  # noqa: BLE001 - whatever it is, it must not unwind into the supervisor's frames
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _redirect(output: int | None) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    if output is not None:
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.close(output)
