"""PostgreSQL's data directory: where it may lie, who owns it, how it is made, what a crash left in it."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import psutil

from haveri_devservers.accounts import Account
from haveri_devservers.errors import EmbeddedServerError
from haveri_devservers.postgres_binaries import MAJOR_VERSION

_ORPHANS_MAY_TAKE_SECONDS = 5.0
_POLL_SECONDS = 0.02


def data_directory(directory: Path) -> Path:
    """Give where the data of the server in `directory` is, or would be: there, or where `moved` points to."""
    moved = directory / "moved"
    return (moved.resolve() if moved.is_symlink() else directory) / "data"


def settle(directory: Path, account: Account, fallback: Path) -> Path:
    """Give a data directory that `account` can reach, moved below `fallback` if it cannot reach `directory`.

    Raises EmbeddedServerError rather than start with an empty database beside data that exists.
    """
    data = data_directory(directory)
    if data.exists():
        _check_existing(data, account)
        return data
    if account.can_enter(directory):
        return data
    try:
        fallback.mkdir(mode=0o711, parents=True, exist_ok=True)
        refuge = fallback / f"postgres-{secrets.token_hex(8)}"
        refuge.mkdir(mode=0o711)
        refuge.chmod(0o711)
    except OSError as refusal:
        refuge = fallback
        reason = f" ({refusal.strerror})"
    else:
        reason = ""
    if reason or not account.can_enter(refuge):
        raise EmbeddedServerError(
            f"PostgreSQL cannot run as root, and its account (uid {account.uid}) can enter neither {directory} "
            f"nor {fallback}{reason}: set HAVERI_HOME to a folder that every account may enter."
        )
    (directory / "moved").unlink(missing_ok=True)
    (directory / "moved").symlink_to(refuge)
    return data_directory(directory)


def _check_existing(data: Path, account: Account) -> None:
    if not account.owns(data):
        raise EmbeddedServerError(
            f"The database in {data} belongs to another account (uid {data.stat().st_uid}): "
            "run as that account or as root, or set HAVERI_HOME to another folder."
        )
    if not account.can_enter(data):
        raise EmbeddedServerError(
            f"PostgreSQL's account (uid {account.uid}) can no longer reach its data in {data}: "
            "let every account enter the folders above it."
        )
    version = (data / "PG_VERSION").read_text(encoding="ascii").strip()
    if version != str(MAJOR_VERSION):
        raise EmbeddedServerError(
            f"The database in {data} is of PostgreSQL {version}, this is PostgreSQL {MAJOR_VERSION}: "
            "upgrade it with pg_upgrade, or set HAVERI_HOME to another folder."
        )


def create(data: Path, binaries: Path, account: Account, password: str, *, durable: bool) -> None:
    """Make a new cluster in `data`; interrupted at any moment, the next call begins again."""
    unfinished = data.with_name("data.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    _give(unfinished, account)
    with tempfile.NamedTemporaryFile("w", dir=data.parent, prefix=".password-") as password_file:
        password_file.write(password)
        password_file.flush()
        _give(Path(password_file.name), account)
        arguments = [
            str(binaries / "initdb"),
            f"--pgdata={unfinished}",
            f"--pwfile={password_file.name}",
            "--username=postgres",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            # The built-in provider sorts and folds alike on every machine; the C library's locales do not.
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            *([] if durable else ["--no-sync"]),
        ]
        _run(arguments, account)
    unfinished.rename(data)


def write_config(data: Path, name: str, text: str, account: Account) -> None:
    """Write one of PostgreSQL's configuration files, for its account only, in one step."""
    fresh = data / f".{name}.new"
    fresh.write_text(text, encoding="utf-8")
    fresh.chmod(0o600)
    _give(fresh, account)
    fresh.replace(data / name)


def clear_crash(data: Path) -> None:
    """Return when nothing of a killed server is left: wait for its orphans to end, then drop its lock file.

    Orphans hold the shared memory, and PostgreSQL refuses to start beside them. PostgreSQL also refuses when the pid in
    its lock file is alive, which in a restarted container is any process at all; so we look at what runs here.
    Raises EmbeddedServerError when a living server owns the directory.
    """
    lock = data / "postmaster.pid"
    if not lock.exists():
        return
    postmaster = int(lock.read_text(encoding="utf-8").split("\n", 1)[0])
    orphans = _processes_in(data)
    if any(process.pid == postmaster for process in orphans):
        raise EmbeddedServerError(f"PostgreSQL runs on {data} already, as process {postmaster}: stop that one first.")
    _end(orphans)
    deadline = time.monotonic() + _ORPHANS_MAY_TAKE_SECONDS
    while _processes_in(data):
        if time.monotonic() > deadline:
            raise EmbeddedServerError(f"Processes of a killed PostgreSQL still run on {data} and do not end.")
        time.sleep(_POLL_SECONDS)
    lock.unlink(missing_ok=True)


def _end(orphans: list[psutil.Process]) -> None:
    # Without their postmaster they can only quit; recovery replays the log, so nothing committed is lost by it.
    for orphan in orphans:
        with contextlib.suppress(psutil.NoSuchProcess):
            orphan.terminate()
    _, stubborn = psutil.wait_procs(orphans, timeout=_ORPHANS_MAY_TAKE_SECONDS)
    for orphan in stubborn:
        with contextlib.suppress(psutil.NoSuchProcess):
            orphan.kill()


def _processes_in(data: Path) -> list[psutil.Process]:
    found = []
    real = str(data.resolve())
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.cwd() == real and process.status() != psutil.STATUS_ZOMBIE and "postgres" in process.name():
                found.append(process)
    return found


def _give(path: Path, account: Account) -> None:
    if os.geteuid() == 0:
        os.chown(path, account.uid, account.gid)


def _run(arguments: list[str], account: Account) -> None:
    privileged = os.geteuid() == 0
    done = subprocess.run(
        arguments,
        user=account.uid if privileged else None,
        group=account.gid if privileged else None,
        extra_groups=[] if privileged else None,
        env={name: value for name, value in os.environ.items() if not name.startswith("PG")},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise EmbeddedServerError(f"PostgreSQL's data directory could not be made: {done.stderr.strip()}")
