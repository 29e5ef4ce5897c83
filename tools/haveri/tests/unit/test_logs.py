"""Reading the logs of a house."""

from __future__ import annotations

from pathlib import Path

import pytest

from haveri_tool.commands.logs import NoSuchLog, chosen_logs, follow, last_of
from haveri_tool.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    home.prepare()
    home.log_of("incident").write_text("one\ntwo\nthree\n")
    home.log_of("teams_gateway").write_text("hello\n")
    return home


def test_the_last_lines_of_one_service_are_shown_as_they_are(home: Home) -> None:
    assert list(last_of(chosen_logs(home, "incident"), 2)) == ["two", "three"]


def test_lines_of_several_services_say_whose_they_are(home: Home) -> None:
    lines = list(last_of(chosen_logs(home, None), 1))
    assert [line.split() for line in lines] == [["incident", "three"], ["teams_gateway", "hello"]]


def test_a_service_may_be_written_with_a_dash(home: Home) -> None:
    assert list(chosen_logs(home, "teams-gateway")) == ["teams_gateway"]


def test_an_unknown_name_is_answered_with_the_known_ones(home: Home) -> None:
    with pytest.raises(NoSuchLog, match="incident, teams_gateway"):
        chosen_logs(home, "incidents")


def test_following_shows_new_lines_also_after_the_log_was_put_aside(home: Home) -> None:
    log = home.log_of("incident")
    writes = iter((lambda: log.write_text("one\ntwo\nthree\nfour\n"), lambda: log.write_text("fresh\n")))
    lines = follow(chosen_logs(home, "incident"), pause=lambda _seconds: next(writes)())
    assert next(lines) == "four"
    assert next(lines) == "fresh"
