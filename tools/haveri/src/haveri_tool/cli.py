"""The `haveri` command."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from haveri_tool.home import Home

app = typer.Typer(
    name="haveri",
    help="Run a house of Haveri on this machine, and look after it. HAVERI_HOME says where its data is (.haveri).",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)


@app.callback()
def haveri() -> None:
    """Everything stands in the commands."""


@app.command()
def up(
    free_ports: Annotated[bool, typer.Option("--free-ports", help="Take any free ports instead of the usual.")] = False,
    fast: Annotated[bool, typer.Option("--fast", help="For tests: do not wait for the disk.")] = False,
    only: Annotated[str, typer.Option(help="For tests: run these services only, comma-separated.")] = "",
) -> None:
    """Set up what is missing and run everything; Ctrl-C stops all of it cleanly."""
    from haveri_tool.running.options import Options  # noqa: PLC0415 - `haveri --help` stays quick
    from haveri_tool.running.up import up as run  # noqa: PLC0415

    names = frozenset(name for name in only.split(",") if name)
    raise typer.Exit(run(Home.of(), Options(free_ports, not fast, names or None), dict(os.environ)))


def main() -> None:
    """The entry of the command."""
    app()
