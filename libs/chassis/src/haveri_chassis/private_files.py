"""Files that only their owner may read: secrets and the configurations that hold them."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

OWNER_ONLY = 0o600


def write_private(path: Path, text: str) -> None:
    """Write `text` to `path` in one step, readable and writable by this process's account only."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def kept_secret(path: Path, *, length: int = 48) -> str:
    """Give the secret kept in `path`; the first time, make one of `length` hexadecimal digits and keep it.

    Hexadecimal digits need no quoting in URLs, SQL and configuration files.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_private(path, secrets.token_hex(length // 2) + "\n")
    return path.read_text(encoding="utf-8").strip()
