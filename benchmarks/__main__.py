"""`make bench`: every measurement, its figures beside their aims, kept under benchmarks/results/."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable
from datetime import UTC, datetime

from benchmarks import (
    chat_loop,
    escalation_lateness,
    escalation_matching,
    event_store,
    first_call,
    house_size,
    rest_reads,
    timeline_intake,
)
from benchmarks.report import RESULTS, Report

ALL: tuple[Callable[[], Report], ...] = (
    house_size.run,
    chat_loop.run,
    first_call.run,
    rest_reads.run,
    event_store.run,
    timeline_intake.run,
    escalation_matching.run,
    escalation_lateness.run,
)


def main() -> None:
    """Run all. An aim that is not reached is said, not an error: machines differ."""
    busy = os.getloadavg()[0]
    reports: list[Report] = []
    for measure in ALL:
        report = measure()
        report.show()
        reports.append(report)
    (RESULTS / "README.md").write_text(_page(reports, busy), encoding="utf-8")
    missed = [line.what for report in reports for line in report.lines if not line.reached]
    if missed:
        print(f"\nNot reached here ({len(missed)}): " + "; ".join(missed))
    else:
        print("\nEvery aim was reached.")


def _page(reports: list[Report], busy: float) -> str:
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    head = [
        "# Figures",
        "",
        f"Written by `make bench` on {datetime.now(UTC):%Y-%m-%d %H:%M} UTC: {machine}; load average {busy:.1f} at the",
        "start. What each is measured against: [../README.md](../README.md). Details: the JSON files beside this one.",
        "",
        "| what | figure | aim | reached |",
        "|---|---|---|---|",
    ]
    return "\n".join([*head, *(row for report in reports for row in _rows(report))]) + "\n"


def _rows(report: Report) -> list[str]:
    answers = {True: "yes", False: "**no**"}
    return [
        f"| {report.name}: {line.what} | {line.value:,.2f} {line.unit} | {line.aim} | {answers[line.reached]} |"
        for line in report.lines
    ]


if __name__ == "__main__":
    main()
