"""`python -m haveri_texts update`: extract every package's English texts into its catalogues, and compile them.

`compile` only compiles; `check` names what is missing and exits 1. Run in the workspace's root.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

from haveri_texts.upkeep import compile_catalogues, findings, update

_PACKAGES = ("libs/*/src/*/locales", "services/*/src/*/locales", "tools/*/src/*/locales")


def main(action: str) -> int:
    """Do it for every package that has `locales`; gives the exit code."""
    folders = sorted(path for pattern in _PACKAGES for path in Path().glob(pattern))
    compile_catalogues(folders)
    if action == "compile":
        return 0
    found: list[str] = []
    for folder in folders:
        catalogue = importlib.import_module(f"{folder.parent.name}.texts").CATALOGUE
        if action == "update":
            update(folder, catalogue.english)
        found += findings(folder, catalogue.english)
    compile_catalogues(folders)
    for finding in found:
        sys.stdout.write(f"{finding}\n")
    return 1 if found and action == "check" else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "check"))
