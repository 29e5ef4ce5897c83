"""A whole running house for end-to-end tests and benchmarks: started with the command that people use."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx2

_T = TypeVar("_T")
_READY_SECONDS = 120.0
_STOP_SECONDS = 40.0


@dataclass(frozen=True)
class RunningHouse:
    """A house that `haveri up` runs; `root` is its HAVERI_HOME."""

    root: Path
    process: subprocess.Popen[bytes]

    @property
    def endpoints(self) -> dict[str, Any]:
        """What `endpoints.json` says now."""
        found: dict[str, Any] = json.loads((self.root / "endpoints.json").read_text())
        return found

    def api(self, token: str | None = None) -> httpx2.AsyncClient:
        """The REST API with a token, the demo administrator's if none is given."""
        found = self.endpoints
        return httpx2.AsyncClient(
            base_url=f"{found['web']}/api/v1",
            headers={"Authorization": f"Bearer {token or found['api_token']}"},
            timeout=30,
        )

    def pids(self) -> dict[str, int]:
        """The process ids of services and servers by name."""
        found = self.endpoints
        return {name: about["pid"] for group in ("services", "servers") for name, about in found[group].items()}

    def kill(self, name: str) -> int:
        """Kill a service or server as a power cut would (SIGKILL); gives the pid it had."""
        pid = self.pids()[name]
        os.kill(pid, signal.SIGKILL)
        return pid

    def until_back(self, name: str, old_pid: int, seconds: float = 60.0) -> None:
        """Wait until it runs and is ready under another pid."""

        def back() -> bool:
            about = {**self.endpoints["services"], **self.endpoints["servers"]}[name]
            if about["pid"] == old_pid:
                return False
            return "health" not in about or httpx2.get(about["health"], timeout=2).status_code == 200

        until(back, seconds, f"{name} did not come back")

    def haveri(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run the `haveri` command against this house."""
        return subprocess.run(
            [haveri_program(), *arguments],
            env={**os.environ, "HAVERI_HOME": str(self.root)},
            capture_output=True,
            text=True,
            check=check,
            timeout=120,
        )


def haveri_program() -> str:
    """The `haveri` command beside this Python."""
    return str(Path(sys.executable).with_name("haveri"))


def until(look: Callable[[], _T], seconds: float, complaint: str) -> _T:
    """Look until there is something; answers that cannot be had yet count as nothing. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            found = look()
        except (OSError, httpx2.HTTPError, KeyError, ValueError):
            found = None
        if found:
            return found
        if time.monotonic() > deadline:
            raise TimeoutError(f"{complaint} within {seconds:g} s")
        time.sleep(0.02)


@contextmanager
def running_house(
    root: Path, *options: str, environment: dict[str, str] | None = None, free_ports: bool = True
) -> Iterator[RunningHouse]:
    """Run `haveri up` in `root`, on free ports unless told otherwise, until the end of the block.

    Its output goes to `root/up.log`. Raises RuntimeError when it ends by itself, TimeoutError when it never gets ready.
    """
    root.mkdir(parents=True, exist_ok=True)
    with (root / "up.log").open("ab") as log:
        process = subprocess.Popen(
            [haveri_program(), "up", *(["--free-ports"] if free_ports else []), *options],
            env={**os.environ, "HAVERI_HOME": str(root), **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    house = RunningHouse(root, process)
    try:
        until(lambda: _ready(house), _READY_SECONDS, "the house did not come up")
        yield house
    finally:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _ready(house: RunningHouse) -> bool:
    if house.process.poll() is not None:
        raise RuntimeError(f"haveri up ended with {house.process.returncode}:\n{(house.root / 'up.log').read_text()}")
    # The file of a supervisor that was killed stays until the next one has begun.
    return bool(house.endpoints["supervisor"] == house.process.pid)
