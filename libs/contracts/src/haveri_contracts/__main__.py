"""`python -m haveri_contracts generate|check <directory>`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from haveri_contracts import generate


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status: 0 done or up to date, 1 not."""
    parser = argparse.ArgumentParser(prog="python -m haveri_contracts", description="The documents of the contracts.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, summary in (
        ("generate", "write schemas, catalogue and AsyncAPI document (docs/contracts), unless that breaks a promise"),
        ("check", "say which schemas and pages differ from the code"),
    ):
        commands.add_parser(name, help=summary, description=summary).add_argument("directory", type=Path)
    chosen = parser.parse_args(arguments)
    return _generate(chosen.directory) if chosen.command == "generate" else _check(chosen.directory)


def _generate(directory: Path) -> int:
    broken = generate.write(directory)
    for promise in broken:
        _say(promise)
    if broken:
        _say("Nothing was written. Only optional fields may be added; for anything else declare a new version.")
    else:
        _say(f"{directory} is up to date.")
    return 1 if broken else 0


def _check(directory: Path) -> int:
    found = generate.differences(directory)
    for difference in found:
        _say(f"{directory}/{difference}")
    if found:
        _say(f"Regenerate with: python -m haveri_contracts generate {directory}")
    else:
        _say(f"{directory} is up to date.")
    return 1 if found else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
