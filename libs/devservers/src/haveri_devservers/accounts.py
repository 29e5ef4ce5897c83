"""The account that PostgreSQL runs as: it refuses to run as root."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from haveri_devservers.errors import EmbeddedServerError

UNPRIVILEGED = "nobody"


@dataclass(frozen=True)
class Account:
    """A user and group of this machine, by number."""

    uid: int
    gid: int

    def owns(self, path: Path) -> bool:
        """Tell whether `path` belongs to this account."""
        return path.stat().st_uid == self.uid

    def can_enter(self, path: Path) -> bool:
        """Tell whether this account can reach and enter the directory (or execute the file) `path`.

        Asked of the system as that account: modes alone miss access lists and mount options.
        """
        if os.geteuid() != 0:
            return os.access(path, os.X_OK)
        test = ["test", "-x", str(path)]
        return subprocess.run(test, user=self.uid, group=self.gid, extra_groups=[], check=False).returncode == 0


def own_account() -> Account:
    """Give the account of this process."""
    return Account(os.geteuid(), os.getegid())


def server_account(data: Path) -> Account:
    """Give the account to run a server as that owns the directory `data`, which need not exist yet.

    Our own, unless we are root: then the owner of the data, or `nobody` for new data.
    """
    if os.geteuid() != 0:
        return own_account()
    if data.exists() and data.stat().st_uid != 0:
        owner = data.stat()
        return Account(owner.st_uid, owner.st_gid)
    try:
        entry = pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        raise EmbeddedServerError(
            f"PostgreSQL refuses to run as root and this machine has no account {UNPRIVILEGED!r}: "
            "run as an ordinary user."
        ) from None
    return Account(entry.pw_uid, entry.pw_gid)
