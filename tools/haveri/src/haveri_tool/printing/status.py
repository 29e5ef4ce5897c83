"""What `haveri status` shows."""

from __future__ import annotations

import time
from datetime import timedelta

from rich.table import Table

from haveri_tool.access import running_house
from haveri_tool.commands.status import status
from haveri_tool.home import Home
from haveri_tool.printing.tables import console


def print_status(home: Home) -> bool:
    """Show the processes; gives whether all are well."""
    table = Table("name", "pid", "health", "for", box=None)
    rows = list(status(running_house(home), time.time()))
    for row in rows:
        age = "" if row.age is None else str(timedelta(seconds=int(row.age)))
        table.add_row(row.name, str(row.pid), row.health, age, style=None if row.healthy else "yellow")
    console().print(table)
    return all(row.healthy for row in rows)
