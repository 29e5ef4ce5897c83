"""Organisations, passwords and tokens from the command line."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from haveri_devservers.testing.organizations import unique_slug
from haveri_directory.demo import BOREALIS, plant_document
from haveri_tool.testing import RunningHouse, haveri_program

_PLANT = """\
facilities:
  - name: Oulu Bakery
    timezone: Europe/Helsinki
    areas:
      - name: Oven hall
        assets:
          - {name: Oven 1, type: oven}
members:
  - {name: Ville Saarinen, email: ville@bakery.example, role: responder, locale: fi}
"""


@pytest.fixture
def slug(house: RunningHouse) -> str:
    slug = unique_slug("bakery")
    create(house, slug)
    return slug


def create(house: RunningHouse, slug: str, *, name: str = "Bakery") -> subprocess.CompletedProcess[str]:
    administrator = ("--admin-name", "Elina Aalto", "--admin-email", "elina@bakery.example")
    return house.haveri("org", "create", slug, "--name", name, *administrator, check=False)


def test_an_organisation_gets_an_administrator_whose_password_is_shown_once(house: RunningHouse) -> None:
    slug = unique_slug("bakery")
    first, again = create(house, slug), create(house, slug)
    assert "Password, shown only now: " in first.stdout
    assert again.returncode == 0
    assert "Password" not in again.stdout


def test_a_slug_that_was_taken_is_refused_with_the_reason(house: RunningHouse, slug: str) -> None:
    other = create(house, slug, name="Another Bakery")
    assert other.returncode == 1
    assert slug in other.stderr
    assert "Traceback" not in other.stderr


def test_a_whole_plant_is_imported(house: RunningHouse, slug: str, tmp_path: Path) -> None:
    file = tmp_path / "plant.yaml"
    file.write_text(_PLANT)
    done = house.haveri("org", "import", slug, str(file))
    assert "facilities: 1 added" in done.stdout


def test_every_bad_line_is_reported_and_nothing_is_imported(house: RunningHouse, slug: str, tmp_path: Path) -> None:
    file = tmp_path / "plant.yaml"
    file.write_text(_PLANT.replace("Europe/Helsinki", "Europe/Oulu").replace("ville@bakery.example", "ville"))
    done = house.haveri("org", "import", slug, str(file), check=False)
    assert done.returncode == 1
    assert f"{file}, line 3" in done.stdout
    assert f"{file}, line 9" in done.stdout
    file.write_text(_PLANT)
    assert "facilities: 1 added" in house.haveri("org", "import", slug, str(file)).stdout


def test_a_file_that_is_not_there_is_named(house: RunningHouse, slug: str) -> None:
    done = house.haveri("org", "import", slug, "/nowhere/plant.yaml", check=False)
    assert (done.returncode, done.stderr) == (1, "/nowhere/plant.yaml cannot be read: No such file or directory.\n")


def test_a_document_for_another_organisation_is_refused(house: RunningHouse, slug: str, tmp_path: Path) -> None:
    file = tmp_path / "plant.yaml"
    file.write_text(plant_document(BOREALIS))
    assert BOREALIS in house.haveri("org", "import", slug, str(file), check=False).stdout


async def test_a_token_opens_its_own_organisation(house: RunningHouse, slug: str) -> None:
    made = house.haveri("token", "create", slug, "elina@bakery.example", "--name", "test", "--quiet")
    async with house.api(made.stdout.strip()) as api:
        members = (await api.get("/members")).json()["items"]
    assert [member["name"] for member in members] == ["Elina Aalto"]


async def test_a_token_with_a_narrow_scope_cannot_administer(house: RunningHouse, slug: str) -> None:
    options = ("--name", "reader", "--scope", "read", "--quiet")
    made = house.haveri("token", "create", slug, "elina@bakery.example", *options)
    async with house.api(made.stdout.strip()) as api:
        assert (await api.get("/members")).status_code == 200
        assert (await api.post("/facilities", json={"name": "X", "timezone": "Europe/Helsinki"})).status_code == 403


def test_a_member_who_is_not_there_gets_no_password_and_no_token(house: RunningHouse, slug: str) -> None:
    for command in (("member", "password"), ("token", "create")):
        more = ("--name", "x") if command[0] == "token" else ()
        done = house.haveri(*command, slug, "nobody@bakery.example", *more, check=False)
        assert (done.returncode, done.stdout) == (1, "")
        assert "nobody@bakery.example" in done.stderr


def test_a_forgotten_password_is_replaced(house: RunningHouse, slug: str) -> None:
    shown = house.haveri("member", "password", slug, "elina@bakery.example").stdout
    assert "shown only now" in shown


def test_a_password_that_is_too_weak_is_refused_with_the_reason(house: RunningHouse, slug: str) -> None:
    done = subprocess.run(
        [haveri_program(), "member", "password", slug, "elina@bakery.example", "--stdin"],
        env={**os.environ, "HAVERI_HOME": str(house.root)},
        input="short\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "at least 10 characters" in done.stderr
