"""The logs of what runs here."""

from __future__ import annotations

import os
from pathlib import Path

from haveri_chassis.private_files import OWNER_ONLY

LOG_LIMIT_BYTES = 10_000_000


def open_log(path: Path) -> int:
    """Open a log for appending and give its descriptor; one that grew past 10 MB is put aside as `<name>.1` first."""
    if path.exists() and path.stat().st_size > LOG_LIMIT_BYTES:
        path.replace(path.with_name(f"{path.name}.1"))
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, OWNER_ONLY)


def last_lines(path: Path, count: int = 5) -> str:
    """Give the last lines of a log, for an error message; empty when there is no log."""
    if not path.exists():
        return ""
    return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-count:])
