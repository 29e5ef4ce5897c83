"""What `haveri org import` says."""

from __future__ import annotations

from pathlib import Path

from haveri_tool.access import running_house
from haveri_tool.bus_client import Refused
from haveri_tool.commands.organizations import import_plant
from haveri_tool.home import Home


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
