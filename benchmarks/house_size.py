"""How soon `make up` is ready and how much memory its processes take, PostgreSQL apart.

Everything is downloaded and the database is there: the house was started once before. Ready is when `endpoints.json` is
written, which `haveri up` does when everything answers. Memory is proportional set size (PSS): pages that processes
share are counted once. It is taken after some incidents were declared in chat, so that everything that is loaded late,
such as Microsoft Graph's SDK, is loaded. When a usual port is taken on this machine, another is.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import uvloop

from benchmarks.chats import Chat
from benchmarks.report import Report, median
from haveri_devservers.testing.embedded_source import server_home
from haveri_teams_tenant.client import TenantClient
from haveri_tool.testing import RunningHouse, running_house

STARTS = 3
INCIDENTS = 5
APART = "postgres"


def set_sizes(running: RunningHouse) -> dict[str, float]:
    """The PSS of each process in MiB, by name."""
    pids = {"supervisor": running.endpoints["supervisor"], **running.pids()}
    return {name: _set_size(pid) for name, pid in pids.items() if name != APART}


def _set_size(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


async def declare(running: RunningHouse) -> None:
    """Declare some incidents in chat and wait until they are shown."""
    async with TenantClient(running.endpoints["teams_tenant"]) as client:
        chat = Chat(client)
        for n in range(INCIDENTS):
            await chat.declare(chat.people[n], f"size {n}")
        if len(await chat.declared()) < INCIDENTS:
            raise RuntimeError("not all incidents got their cards")


def run() -> Report:
    """Measure and give the report."""
    report = Report("house_size", f"`make up` the second time, durable, {STARTS} starts; then its processes")
    seconds: list[float] = []
    sizes: dict[str, float] = {}
    with server_home() as home:
        with running_house(home / "house", free_ports=False):
            pass
        for start in range(STARTS):
            begun = time.monotonic()
            with running_house(home / "house", free_ports=False) as running:
                seconds.append(time.monotonic() - begun)
                if start == 0:
                    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                        runner.run(declare(running))
                    sizes = set_sizes(running)
    report.at_most("ready, second start, from exec to endpoints.json", median(seconds), 6, "s")
    report.at_most("our processes together, PSS, PostgreSQL apart", sum(sizes.values()), 500, "MiB")
    report.details = {
        "starts, s": [round(value, 1) for value in seconds],
        "PSS, MiB": {name: round(value, 1) for name, value in sizes.items()},
    }
    return report


if __name__ == "__main__":
    run().show(details=True)
