"""The folder of a house: its secrets, its lock, its marks, the file that says where everything is."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path
from subprocess import PIPE, Popen

import pytest

from haveri_tool.endpoints import Endpoints, read_endpoints
from haveri_tool.home import Home
from haveri_tool.lock import HouseInUse, HouseLock, holder_of
from haveri_tool.running.ports import USUAL, choose_ports
from haveri_tool.secrets import Secrets, readable_password
from haveri_tool.supervision.forking import fork
from haveri_tool.upkeep.marker import Marker, fingerprint
from haveri_tool.urls import with_database, with_login, without_login
from haveri_web.domain.passwords import check_new_password

_HOLD = "import sys, pathlib, haveri_tool.lock as l\nwith l.HouseLock(pathlib.Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"  # noqa: E501


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "house")
    home.prepare()
    return home


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_others_may_pass_through_the_house_but_not_into_secrets_and_logs(home: Home) -> None:
    assert mode(home.root) == 0o755
    assert mode(home.secrets) == mode(home.logs) == 0o700


def test_haveri_home_moves_the_data(tmp_path: Path) -> None:
    assert Home.of({"HAVERI_HOME": str(tmp_path)}).root == tmp_path
    assert Home.of({}).root == Path.cwd() / ".haveri"


def test_secrets_are_made_once_and_are_private(home: Home) -> None:
    first, again = Secrets(home), Secrets(home)
    assert first.administrator_password() == again.administrator_password()
    assert first.database_password("incident") == again.database_password("incident")
    assert first.database_password("incident") != first.database_password("timeline")
    assert first.teams_app_id() == again.teams_app_id()
    assert first.api_token() is None
    first.keep_api_token("hvr_x")
    assert again.api_token() == "hvr_x"
    assert {mode(file) for file in home.secrets.iterdir()} == {0o600}


def test_a_made_password_is_good_enough_for_the_web() -> None:
    passwords = {readable_password() for _ in range(50)}
    assert len(passwords) == 50
    for password in passwords:
        check_new_password(password, "aino.lehtonen@haveri.example")


def test_a_house_has_one_supervisor_and_its_lock_goes_with_it(home: Home) -> None:
    assert holder_of(home.lock_file) is None
    other = Popen([sys.executable, "-c", _HOLD, str(home.lock_file)], stdin=PIPE, stdout=PIPE)
    assert other.stdout is not None
    assert other.stdout.readline() == b"held\n"
    assert holder_of(home.lock_file) == other.pid
    with pytest.raises(HouseInUse, match=str(other.pid)), HouseLock(home.lock_file):
        pass
    other.kill()
    other.communicate()
    assert holder_of(home.lock_file) is None
    with HouseLock(home.lock_file):
        pass


def test_a_forked_service_does_not_keep_the_lock(home: Home) -> None:
    read, write = os.pipe()
    with HouseLock(home.lock_file):
        pid = fork(lambda: os.read(read, 1) and None)
    with HouseLock(home.lock_file):
        pass
    os.write(write, b"x")
    os.waitpid(pid, 0)


def test_endpoints_are_private_and_leave_out_what_does_not_run(home: Home) -> None:
    endpoints = Endpoints(services={"web": {"pid": 1}}, servers={}, supervisor=2, web="http://127.0.0.1:8080")
    endpoints.write(home.endpoints_file)
    assert mode(home.endpoints_file) == 0o600
    assert read_endpoints(home.endpoints_file) == {
        "services": {"web": {"pid": 1}},
        "servers": {},
        "supervisor": 2,
        "web": "http://127.0.0.1:8080",
    }
    assert json.loads(home.endpoints_file.read_text())
    before = home.endpoints_file.stat().st_ino
    endpoints.write(home.endpoints_file)
    assert home.endpoints_file.stat().st_ino == before


def test_no_endpoints_before_the_house_is_ready(home: Home) -> None:
    assert read_endpoints(home.endpoints_file) is None


def test_what_was_provisioned_is_forgotten_with_the_data(tmp_path: Path) -> None:
    marker = Marker("provisioned", [tmp_path / "postgres", tmp_path / "nats"], fingerprint())
    assert not marker.stands()
    marker.set()
    assert marker.stands()
    (tmp_path / "nats" / "provisioned").unlink()
    assert not marker.stands()


def test_provisioning_is_due_again_when_something_it_depends_on_changed(tmp_path: Path) -> None:
    Marker("provisioned", [tmp_path], fingerprint("a")).set()
    assert not Marker("provisioned", [tmp_path], fingerprint("b")).stands()


def test_ports_are_all_different_and_none_of_the_usual_when_free_ones_are_wanted() -> None:
    chosen = list(choose_ports(free=True).values())
    assert len(set(chosen)) == len(chosen)
    assert not set(chosen) & set(USUAL.values())


def test_a_url_keeps_its_place_when_its_user_changes() -> None:
    url = "postgresql://postgres:secret@127.0.0.1:5432/haveri"
    assert with_login(url, "haveri_web", "pw") == "postgresql://haveri_web:pw@127.0.0.1:5432/haveri"
    assert without_login(url) == "postgresql://127.0.0.1:5432/haveri"
    assert with_database(url, "postgres") == "postgresql://postgres:secret@127.0.0.1:5432/postgres"
