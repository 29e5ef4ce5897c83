"""What `haveri dead-letters` shows."""

from __future__ import annotations

import orjson
from rich.table import Table

from haveri_tool.access import running_house
from haveri_tool.commands import dead_letters as letters
from haveri_tool.home import Home
from haveri_tool.printing.tables import console


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
