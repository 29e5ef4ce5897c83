"""One supervisor for a house at a time."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from types import TracebackType

_PATIENCE_SECONDS = 0.5
_PAUSE_SECONDS = 0.02


class HouseInUse(RuntimeError):
    """Another supervisor runs this house; `pid` is its process, 0 when it has not said."""

    def __init__(self, pid: int) -> None:
        super().__init__(f"process {pid}" if pid else "another process")
        self.pid = pid


class HouseLock:
    """A lock that the kernel gives back when its holder ends, however it ends. Forked children do not hold it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def __enter__(self) -> HouseLock:
        """Take the lock; raises HouseInUse."""
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        # Somebody may only be looking (`holder_of`), which takes no time.
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not _taken(descriptor, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                holder = _holder(descriptor)
                os.close(descriptor)
                raise HouseInUse(holder)
            time.sleep(_PAUSE_SECONDS)
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        self._descriptor = descriptor
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give it back."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def holder_of(path: Path) -> int | None:
    """The supervisor that holds the lock (0: it has not said), None when nobody does."""
    if not path.exists():
        return None
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return None if _taken(descriptor, fcntl.LOCK_SH) else _holder(descriptor)
    finally:
        os.close(descriptor)


def _taken(descriptor: int, how: int) -> bool:
    try:
        fcntl.lockf(descriptor, how | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _holder(descriptor: int) -> int:
    written = os.pread(descriptor, 20, 0).strip()
    return int(written) if written.isdigit() else 0
