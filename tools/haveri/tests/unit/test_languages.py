"""An organisation speaks whatever language Haveri has a catalogue for, or will have."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from haveri_tool.cli import app
from haveri_tool.trouble import Trouble

CREATE = ["org", "create", "works", "--name", "W", "--admin-name", "A", "--admin-email", "a@haveri.example", "--locale"]


def test_any_language_may_be_chosen_and_only_what_is_none_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HAVERI_HOME", str(tmp_path))
    refused = CliRunner().invoke(app, [*CREATE, "klingon"])
    assert (refused.exit_code, "is not a language" in refused.output) == (2, True)
    taken = CliRunner().invoke(app, [*CREATE, "pt-br"])
    assert isinstance(taken.exception, Trouble), "no house runs here, and that is all"
