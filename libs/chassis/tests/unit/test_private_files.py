from __future__ import annotations

from pathlib import Path

from haveri_chassis.private_files import kept_secret, write_private


def test_a_secret_is_kept_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "password"
    secret = kept_secret(path)
    assert kept_secret(path) == secret
    assert len(secret) == 48
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_private_file_stays_private_when_it_replaces_an_open_one(tmp_path: Path) -> None:
    path = tmp_path / "nats.conf"
    path.write_text("old")
    path.chmod(0o644)
    write_private(path, "new")
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]
