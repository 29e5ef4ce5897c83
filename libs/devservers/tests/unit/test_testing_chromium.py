from __future__ import annotations

from pathlib import Path

import pytest

from haveri_devservers.testing.chromium import ChromiumNotFoundError, find_chromium, launch_arguments


def _program(path: Path) -> Path:
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_debians_chromium_is_found_on_the_path(tmp_path: Path) -> None:
    program = _program(tmp_path / "chromium")
    assert find_chromium({"PATH": str(tmp_path)}) == program


def test_a_named_browser_wins(tmp_path: Path) -> None:
    _program(tmp_path / "chromium")
    other = _program(tmp_path / "other")
    assert find_chromium({"PATH": str(tmp_path), "HAVERI_CHROMIUM": str(other)}) == other


def test_a_missing_browser_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ChromiumNotFoundError, match="apt-get install chromium"):
        find_chromium({"PATH": str(tmp_path)})
    with pytest.raises(ChromiumNotFoundError, match="HAVERI_CHROMIUM names /nowhere"):
        find_chromium({"HAVERI_CHROMIUM": "/nowhere"})


def test_the_sandbox_is_given_up_only_for_root() -> None:
    assert "--no-sandbox" in launch_arguments(root=True)
    assert "--no-sandbox" not in launch_arguments(root=False)
