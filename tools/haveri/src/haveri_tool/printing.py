"""Tables and reports of the `haveri` commands."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import orjson
from rich.console import Console
from rich.table import Table

from haveri_tool.access import running_house
from haveri_tool.commands import dead_letters as letters
from haveri_tool.commands.organizations import import_plant
from haveri_tool.commands.status import status
from haveri_tool.desk import Refused, desk_at
from haveri_tool.home import Home
from haveri_tool.upkeep.published import SOURCES
from haveri_tool.upkeep.replay import replay
from haveri_tool.upkeep.verify import Finding, verify

_NARROWEST = 120


def console() -> Console:
    """Standard output; into a pipe, lines are not cut at 80 columns."""
    made = Console(highlight=False, markup=False)
    return made if made.is_terminal else Console(highlight=False, markup=False, width=max(made.width, _NARROWEST))


def print_status(home: Home) -> bool:
    """Show the processes; gives whether all are well."""
    table = Table("name", "pid", "health", "for", box=None)
    rows = list(status(running_house(home), time.time()))
    for row in rows:
        age = "" if row.age is None else str(timedelta(seconds=int(row.age)))
        table.add_row(row.name, str(row.pid), row.health, age, style=None if row.healthy else "yellow")
    console().print(table)
    return all(row.healthy for row in rows)


async def print_verification(home: Home, organization: str | None) -> bool:
    """Say what was checked and every finding; gives whether there was none."""

    def tell(finding: Finding) -> None:
        print(f"{finding.organization} {finding.incident}: {finding.text}")

    done = await verify(running_house(home).database_url, organization, tell)
    checked = (
        f"{done.counts['incidents']} incidents of {len(done.organizations)} organisations, "
        f"{done.counts['events']} events, {done.counts['entries']} timeline entries"
    )
    if done.findings:
        print(f"Checked {checked}: {done.findings} findings.")
        return False
    print(f"Checked {checked}: every chain holds, and events and timelines fold to the incidents' states.")
    return True


async def print_replay(home: Home, organization: str | None, sources: Sequence[str] | None) -> None:
    """Publish again, saying how far it has come."""
    access = running_house(home)
    shown = 0

    def progress(count: int) -> None:
        nonlocal shown
        if count - shown >= 1000:
            shown = count
            print(f"{count} …", flush=True)

    chosen = tuple(name.replace("-", "_") for name in sources) if sources else SOURCES
    async with desk_at(access.nats_url) as desk:
        count = await replay(
            access.database_url, desk.bus, organization=organization, sources=chosen, progress=progress
        )
    print(f"{count} events of {', '.join(chosen)} were published again; readers pass over those they know.")


async def print_import(home: Home, slug: str, file: Path) -> bool:
    """Import, and show what was changed or every bad line; gives whether it was imported."""
    try:
        report = await import_plant(running_house(home), slug, file)
    except Refused as refused:
        print(refused)
        for fault in refused.problem.errors:
            place = f"line {fault['line']}" + (f", column {fault['column']}" if "column" in fault else "")
            print(f"  {file}, {place}: {fault['problem']}")
        return False
    print(f"Imported {file} into {slug}.")
    for name, counts in report.get("report", {}).items():
        print(f"  {name}: " + ", ".join(f"{number} {what}" for what, number in counts.items()))
    return True


async def print_letters(home: Home, consumer: str | None) -> None:
    """Show the dead letters as a table."""
    found = await letters.listed(running_house(home), consumer)
    if not found:
        print("There are no dead letters.")
        return
    table = Table("number", "died", "consumer", "subject", "tries", "reason", box=None)
    for letter in found:
        died = letter.died_at.strftime("%Y-%m-%d %H:%M:%S")
        reason = f"{letter.reason}: {letter.detail}" if letter.detail else letter.reason
        table.add_row(str(letter.sequence), died, letter.consumer, letter.subject, str(letter.deliveries), reason)
    console().print(table)


async def print_letter(home: Home, number: int) -> None:
    """Show one dead letter with its body."""
    letter = await letters.shown(running_house(home), number)
    for name in ("sequence", "consumer", "subject", "stream", "deliveries", "reason", "detail", "died_at"):
        print(f"{name.replace('_', ' '):<11} {getattr(letter, name)}")
    print()
    if letter.body is None:
        print("Its stream no longer has the message.")
        return
    try:
        print(orjson.dumps(orjson.loads(letter.body), option=orjson.OPT_INDENT_2).decode())
    except ValueError:
        print(letter.body.decode("utf-8", "replace"))
