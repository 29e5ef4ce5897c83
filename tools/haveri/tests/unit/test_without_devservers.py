"""In a production image, where there are no servers of our own to start."""

from __future__ import annotations

import subprocess
import sys

import pytest

_WITHOUT = """
import sys
sys.modules["haveri_devservers"] = None
"""


def _python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", _WITHOUT + code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize(
    "module",
    ["commands.provision", "printing.histories", "commands.organizations", "printing.letters", "printing.status"],
)
def test_a_house_is_looked_after_without_the_servers_of_development(module: str) -> None:
    done = _python(f"import haveri_tool.cli, haveri_tool.{module}")
    assert done.returncode == 0, done.stderr


def test_up_says_what_is_missing() -> None:
    done = _python("from haveri_tool.cli import main; main()", "up")
    assert done.returncode == 1
    assert done.stderr.strip().endswith("install haveri[up].")
