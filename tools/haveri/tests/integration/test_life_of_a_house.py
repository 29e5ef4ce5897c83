"""Starting, stopping, and what is there afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import httpx2
import psutil
import pytest

from haveri_devservers import NatsServer, PostgresServer, S3Server, ServerProcess, free_ports
from haveri_tool.testing import RunningHouse, haveri_program, running_house, until

QUICK = ("--fast", "--only", "directory,incident,timeline")


def lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_asked_to_stop_it_stops_everything_and_ends_well(root: Path, number: signal.Signals) -> None:
    with running_house(root, *QUICK) as house:
        pids = house.pids().values()
        house.process.send_signal(number)
        assert house.process.wait(30) == 0
        assert not [pid for pid in pids if lives(pid)]
        assert not (root / "endpoints.json").exists()
    said = (root / "up.log").read_text()
    assert "Stopped." in said
    assert "starting it again" not in said


def test_a_later_start_finds_everything_again_and_is_quick(root: Path) -> None:
    options = ("--fast", "--only", "directory,incident,timeline,web")
    with running_house(root, *options) as house:
        administrator = ("--admin-name", "Al Bo", "--admin-email", "al@acme.example")
        house.haveri("org", "create", "acme", "--name", "Acme", *administrator)
        first = house.endpoints
    begun = time.monotonic()
    with running_house(root, *options) as house:
        took = time.monotonic() - begun
        assert "has a new password" in house.haveri("member", "password", "acme", "al@acme.example").stdout
        again = house.endpoints
    assert took < 20  # the promise is 6 s on a quiet machine; `make bench` measures it
    assert (root / "up.log").read_text().count("Setting up database and bus") == 1
    assert first["s3_secret_key"] == again["s3_secret_key"]


def test_after_the_supervisor_was_killed_nothing_is_left_and_the_next_start_is_clean(root: Path) -> None:
    with running_house(root, *QUICK) as house:
        pids = list(house.pids().values())
        house.process.kill()
        house.process.wait()
        until(lambda: not [pid for pid in pids if lives(pid)], 15, "something outlived its supervisor")
        assert (root / "endpoints.json").exists()
        assert "No house runs" in house.haveri("status", check=False).stderr
    (root / "up.log").unlink()
    with running_house(root, *QUICK) as house:
        assert not set(house.pids().values()) & set(pids)
        assert "starting it again" not in (root / "up.log").read_text()


def test_deleted_streams_are_made_again(root: Path) -> None:
    with running_house(root, *QUICK):
        pass
    subprocess.run(["rm", "-r", str(root / "nats")], check=True)
    with running_house(root, *QUICK) as house:
        for about in house.endpoints["services"].values():
            assert httpx2.get(about["health"]).status_code == 200


def test_a_wrong_setting_ends_the_start_with_the_sentence_that_names_it(root: Path) -> None:
    done = subprocess.run(
        [haveri_program(), "up", "--free-ports", *QUICK],
        env={**os.environ, "HAVERI_HOME": str(root), "HAVERI_LOG_LEVEL": "LOUD"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert "HAVERI_LOG_LEVEL" in done.stdout
    assert not (root / "endpoints.json").exists()


def test_with_a_real_tenant_named_no_local_one_starts(root: Path) -> None:
    teams = {
        "HAVERI_TEAMS_APP_ID": "4a3d8f6e-5a0f-4c8e-9f52-6a51c1c0a001",
        "HAVERI_TEAMS_APP_SECRET": "not-checked-here",
        "HAVERI_TEAMS_TENANT_ID": "4a3d8f6e-5a0f-4c8e-9f52-6a51c1c0a002",
        "HAVERI_TEAMS_LOGIN_URL": "http://127.0.0.1:9",
        "HAVERI_TEAMS_OPENID_METADATA_URL": "http://127.0.0.1:9/openid",
        "HAVERI_TEAMS_GRAPH_URL": "http://127.0.0.1:9/v1.0",
    }
    with running_house(root, "--fast", environment=teams) as house:
        found = house.endpoints
        assert "teams_tenant" not in found
        assert "teams_tenant" not in found["servers"]
        assert found["organization"] == "demo"
        played = house.haveri("demo", check=False)
        assert (played.returncode, played.stdout) == (1, "")
        assert "no local Teams tenant" in played.stderr


def test_a_second_house_can_run_beside_the_first(house: RunningHouse, root: Path) -> None:
    with running_house(root, *QUICK) as second:
        assert second.endpoints["nats"] != house.endpoints["nats"]


def test_servers_of_ones_own_are_used_instead_of_embedded_ones(root: Path) -> None:
    sql, bus, monitoring, mqtt, files = free_ports(None, None, None, None, None)
    # Not the session's: what other tests left on its bus would be read by this house.
    postgres = PostgresServer(root.parent / "postgres", sql, durable=False)
    nats = NatsServer(root.parent / "nats", bus, monitoring_port=monitoring, mqtt_port=mqtt, durable=False)
    s3 = S3Server(root.parent / "s3", files)
    with ServerProcess(postgres), ServerProcess(nats), ServerProcess(s3):
        own = {
            "HAVERI_DATABASE_URL": postgres.endpoint().dsn("own"),
            "HAVERI_NATS_URL": nats.endpoint().url,
            "HAVERI_S3_ENDPOINT": s3.endpoint().url,
            "HAVERI_S3_ACCESS_KEY": s3.endpoint().access_key,
            "HAVERI_S3_SECRET_KEY": s3.endpoint().secret_key,
        }
        with running_house(root, *QUICK, environment=own) as house:
            assert house.endpoints["servers"] == {}
            assert house.endpoints["postgres"] == own["HAVERI_DATABASE_URL"]
            assert "mqtt" not in house.endpoints
            assert "Checked 0 incidents" in house.haveri("verify").stdout
