"""`haveri logs`."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from haveri_tool.home import Home
from haveri_tool.trouble import Trouble

_PAUSE_SECONDS = 0.2
_SERVERS = ("postgres", "nats", "s3")


class NoSuchLog(Trouble):
    """Nothing of that name has written a log here."""


def known_logs(home: Home) -> dict[str, Path]:
    """The logs there are, by the name of who wrote them."""
    found = {file.stem: file for file in sorted(home.logs.glob("*.log"))}
    servers = {name: home.server(name) / "server.log" for name in _SERVERS}
    return found | {name: file for name, file in servers.items() if file.exists()}


def chosen_logs(home: Home, name: str | None) -> dict[str, Path]:
    """One log by name, or all of them; raises NoSuchLog."""
    known = known_logs(home)
    if name is None:
        return known
    wanted = name.replace("-", "_")
    if wanted not in known:
        raise NoSuchLog(f"There is no log of {name!r}; there are: {', '.join(known) or 'none yet'}.")
    return {wanted: known[wanted]}


def last_of(files: dict[str, Path], lines: int) -> Iterator[str]:
    """The last lines of each, those of several marked with their names."""
    for name, file in files.items():
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]:
            yield _marked(name, line, files)


def follow(files: dict[str, Path], pause: Callable[[float], None] = time.sleep) -> Iterator[str]:
    """New lines as they are written, for ever; a log that was put aside is followed into its successor."""
    positions = {name: file.stat().st_size for name, file in files.items()}
    while True:
        for name, file in files.items():
            for line in _new_lines(file, positions, name):
                yield _marked(name, line, files)
        pause(_PAUSE_SECONDS)


def _new_lines(file: Path, positions: dict[str, int], name: str) -> Iterator[str]:
    try:
        with file.open("rb") as log:
            size = os.fstat(log.fileno()).st_size
            log.seek(0 if size < positions[name] else positions[name])
            written = log.read()
            positions[name] = log.tell()
    except FileNotFoundError:
        return
    yield from written.decode("utf-8", "replace").splitlines()


def _marked(name: str, line: str, files: Iterable[str]) -> str:
    return line if len(list(files)) == 1 else f"{name:<14} {line}"
