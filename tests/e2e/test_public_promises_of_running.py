"""What whoever runs Haveri was promised: the addresses it leaves, and one sentence about a setting that is wrong."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import nats
import psutil
import pytest

from haveri_tool.testing import RunningHouse

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
GOOD = {
    "HAVERI_DATABASE_URL": "postgresql://somebody:s3cret@127.0.0.1:1/haveri",
    "HAVERI_NATS_URL": "nats://127.0.0.1:1",
    "HAVERI_S3_ENDPOINT": "http://127.0.0.1:1",
    "HAVERI_S3_ACCESS_KEY": "key",
    "HAVERI_S3_SECRET_KEY": "s3cret",
    "HAVERI_S3_BUCKET": "haveri",
    "HAVERI_TEAMS_APP_ID": "1ea5cd37-c54f-4114-986f-d5be076ca461",
    "HAVERI_TEAMS_APP_SECRET": "s3cret",
    "HAVERI_TEAMS_TENANT_ID": "1ea5cd37-c54f-4114-986f-d5be076ca461",
}


async def test_the_endpoints_file_says_where_everything_is(house: RunningHouse) -> None:
    said = house.endpoints
    for name, scheme in {
        "web": "http", "teams_gateway": "http", "teams_tenant": "http", "s3": "http", "nats": "nats", "mqtt": "mqtt",
        "postgres": "postgresql",
    }.items():  # fmt: skip
        address = urlsplit(said[name])
        assert (address.scheme, address.hostname) == (scheme, "127.0.0.1"), name
        assert address.port, name
    assert said["organization"] == "demo"
    assert {"postgres", "nats", "s3"} <= said["servers"].keys()
    assert {"incident", "directory", "timeline", "web"} <= said["services"].keys()
    assert all(psutil.pid_exists(pid) for pid in house.pids().values())
    async with house.api() as api:
        me = (await api.get("/me")).json()
        assert me["member"]["role"] == "administrator"
        assert me["member"]["email"] == said["administrator"]["email"]
        for about in said["services"].values():
            assert (await api.get(about["health"])).status_code == 200
            assert "# TYPE" in (await api.get(about["metrics"])).text
    await (await nats.connect(said["nats"])).close()


async def test_the_password_in_the_endpoints_file_opens_the_pages(house: RunningHouse) -> None:
    said = house.endpoints
    async with httpx2.AsyncClient(base_url=said["web"], follow_redirects=True) as browser:
        page = (await browser.get("/")).text
        token = re.search(r'name="form_token" value="([^"]+)"', page)
        assert token is not None
        answer = await browser.post("/sign-in", data={**said["administrator"], "form_token": token.group(1)})
        assert answer.status_code == 200
        assert (await browser.get("/api/v1/me")).status_code == 200


def test_make_help_lists_what_was_promised() -> None:
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in ("up", "demo", "test", "check", "bench", "help"):
        assert f"  make {target} " in listed


@pytest.mark.parametrize(
    ("service", "name", "value", "complaint"),
    [
        ("incident", "HAVERI_DATABASE_URL", "", "is missing"),
        ("timeline", "HAVERI_NATS_URL", "127.0.0.1", "is malformed"),
        ("directory", "HAVERI_DATABASE_URL_FILE", "/no/such/file", "cannot be read"),
        ("web", "HAVERI_PUBLIC_URL", "haveri", "is malformed"),
        ("teams_gateway", "HAVERI_TEAMS_APP_ID", "haveri", "is malformed"),
    ],
)
def test_a_setting_that_is_wrong_stops_the_start_with_one_sentence_that_names_it(
    service: str, name: str, value: str, complaint: str
) -> None:
    environment = {"PATH": os.environ["PATH"], **GOOD, name: value}
    if name.endswith("_FILE"):
        del environment[name.removesuffix("_FILE")]
    ended = subprocess.run(
        [sys.executable, "-m", f"haveri_{service}.main"],
        env=environment, capture_output=True, text=True, check=False, timeout=30,
    )  # fmt: skip
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr.count("\n") == 1
    assert ended.stderr.startswith(name)
    assert complaint in ended.stderr
    assert "s3cret" not in ended.stderr
