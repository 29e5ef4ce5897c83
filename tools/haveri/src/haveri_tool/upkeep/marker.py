"""Remembering what was provisioned, so that a later start need not look at it again."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Iterable
from pathlib import Path

from haveri_chassis.private_files import write_private
from haveri_contracts.streams import CONSUMERS, STREAMS
from haveri_tool.services import SERVICES


class Marker:
    """A file `name` in each of the folders whose contents it vouches for, so that who deletes data deletes it too."""

    def __init__(self, name: str, folders: Iterable[Path], wanted: str) -> None:
        self._files = [folder / name for folder in folders]
        self._wanted = wanted

    def stands(self) -> bool:
        """True when everything wanted was done on this very data."""
        return all(file.exists() and file.read_text(encoding="utf-8").strip() == self._wanted for file in self._files)

    def set(self) -> None:
        """Everything wanted is done."""
        for file in self._files:
            file.parent.mkdir(parents=True, exist_ok=True)
            write_private(file, f"{self._wanted}\n")


def fingerprint(*more: str) -> str:
    """A hash of what provisioning depends on: migrations, the chassis that runs them, streams, and `more`."""
    made = hashlib.sha256()
    for package in ("haveri_chassis", *(service.package for service in SERVICES)):
        for file in sorted((_folder(package) / "migrations").rglob("*.py")):
            made.update(file.name.encode())
            made.update(file.read_bytes())
    for part in (repr(STREAMS), repr(CONSUMERS), *more):
        made.update(part.encode())
    return made.hexdigest()


def _folder(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"{package} is not installed")
    return Path(spec.submodule_search_locations[0])
