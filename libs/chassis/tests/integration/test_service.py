"""A service as a process: when it is ready, what it says when it is not, and how it ends."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from haveri_devservers import NatsServer, PostgresServer, ServerProcess, free_port, free_ports

PROGRAM = """
import asyncio, gc, os, sys
from haveri_chassis.bus import Bus
from haveri_chassis.clock import SystemClock
from haveri_chassis.database import Database
from haveri_chassis.health import health_app
from haveri_chassis.ids import SystemIds
from haveri_chassis.service import App, run
from haveri_chassis.settings import ServiceSettings


class Slow:
    name = "slow"

    async def start(self):
        pass

    async def stop(self):
        await asyncio.sleep(float(os.environ.get("SLOW_STOP", "0")))
        print("finished what was running", flush=True)
        print("collects after", gc.get_threshold()[0], "spares", gc.get_freeze_count(), flush=True)

    def problem(self):
        return None


def create_app(settings):
    bus = Bus(settings.nats_url.get_secret_value(), service="sample", clock=SystemClock(), ids=SystemIds())
    database = Database(settings.database_url.get_secret_value(), schema="sample")
    return App("sample", settings, health_app("sample"), [database, bus, Slow()])


def main(where=None):
    run(create_app, ServiceSettings, socket_or_port=where)


if __name__ == "__main__" and "--forked" not in sys.argv:
    main()
elif __name__ == "__main__":
    import signal, socket
    signal.signal(signal.SIGTERM, lambda *_: print("the parent heard it", flush=True))
    listener = socket.create_server(("127.0.0.1", int(os.environ.pop("HAVERI_HEALTH_PORT"))))
    child = os.fork()
    if child == 0:
        os.environ["HAVERI_NATS_URL"] = os.environ["LATE_NATS_URL"]
        main(listener)
    print("child", child, flush=True)
    _, status = os.waitpid(child, 0)
    sys.exit(os.waitstatus_to_exitcode(status))
"""


def get(port: int, path: str) -> tuple[int, Any]:
    """The status and body of a page; 0 while nobody listens."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2) as answer:
            body = answer.read()
            return answer.status, json.loads(body) if "json" in answer.headers["content-type"] else body.decode()
    except urllib.error.HTTPError as answer:
        return answer.code, json.loads(answer.read())
    except OSError:
        return 0, None


def wait_for(condition: Callable[[], Any], seconds: float = 20) -> Any:
    """What the condition gives, as soon as it is true."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
    return found


class Running:
    """A service's process."""

    def __init__(self, folder: Path, environment: dict[str, str], *arguments: str) -> None:
        program = folder / "sample_program.py"
        program.write_text(PROGRAM)
        self.port = free_port()
        self.process = subprocess.Popen(
            [sys.executable, str(program), *arguments],
            env={**os.environ, "HAVERI_HEALTH_PORT": str(self.port), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def ready(self) -> bool:
        """Whether it says so."""
        return get(self.port, "/readyz")[0] == 200

    def problems(self) -> dict[str, str]:
        """What `/readyz` complains about."""
        status, body = get(self.port, "/readyz")
        return {each["component"]: each["problem"] for each in body["problems"]} if status == 503 else {}

    def end(self, number: int = signal.SIGTERM, seconds: float = 10) -> tuple[int, str]:
        """Send a signal; the exit code and everything it said."""
        self.process.send_signal(number)
        said, _ = self.process.communicate(timeout=seconds)
        return self.process.returncode, said


@pytest.fixture
def servers(server_home: Path) -> Iterator[tuple[ServerProcess, ServerProcess, dict[str, str]]]:
    """PostgreSQL and NATS of our own, to be killed, and the settings that name them."""
    postgres = PostgresServer(server_home / "postgres", free_port(), durable=False)
    port, monitoring_port, mqtt_port = free_ports(None, None, None)
    nats = NatsServer(server_home / "nats", port, monitoring_port=monitoring_port, mqtt_port=mqtt_port, durable=False)
    with ServerProcess(postgres) as postgres_process, ServerProcess(nats) as nats_process:
        settings = {
            "HAVERI_DATABASE_URL": postgres.endpoint().dsn(),
            "HAVERI_NATS_URL": nats.endpoint().url,
            "HAVERI_LOG_LEVEL": "INFO",
        }
        yield postgres_process, nats_process, settings


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """A function that starts a service; whatever still runs at the end is killed."""
    started: list[Running] = []

    def begin(environment: dict[str, str], *arguments: str) -> Running:
        started.append(Running(tmp_path, environment, *arguments))
        return started[-1]

    yield begin
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
            one.process.communicate()


def test_readiness_tells_the_truth_about_each_server(
    servers: tuple[ServerProcess, ServerProcess, dict[str, str]], start: Callable[..., Running]
) -> None:
    """Killed, it is named; back, it is ready again; and the process lives all the while."""
    postgres, nats, settings = servers
    service = start(settings)
    wait_for(service.ready)

    nats.kill()
    assert "NATS" in wait_for(service.problems)["bus"]
    assert get(service.port, "/livez")[0] == 200
    nats.start()
    wait_for(service.ready)

    postgres.kill()
    assert set(wait_for(service.problems)) == {"database"}
    assert get(service.port, "/livez")[0] == 200
    postgres.start()
    wait_for(service.ready)

    status, metrics = get(service.port, "/metrics")
    assert status == 200
    assert 'haveri_bus_connected{service="sample"} 1.0' in metrics
    code, said = service.end()
    assert code == 0
    assert settings["HAVERI_NATS_URL"] not in said


def test_a_service_starts_while_everything_it_needs_is_away(
    servers: tuple[ServerProcess, ServerProcess, dict[str, str]], start: Callable[..., Running]
) -> None:
    """It lives, is not ready, and becomes ready by itself; it can be stopped meanwhile too."""
    postgres, nats, settings = servers
    postgres.kill()
    nats.kill()
    service = start(settings)
    wait_for(lambda: get(service.port, "/livez")[0] == 200)
    assert set(wait_for(service.problems)) == {"database", "bus"}
    impatient = start(settings)
    wait_for(lambda: get(impatient.port, "/livez")[0] == 200)
    assert impatient.end()[0] == 0

    nats.start()
    postgres.start()

    wait_for(service.ready)
    assert service.end()[0] == 0


def test_a_stop_lets_what_runs_finish(
    servers: tuple[ServerProcess, ServerProcess, dict[str, str]], start: Callable[..., Running]
) -> None:
    """Within ten seconds, and with exit code 0."""
    service = start({**servers[2], "SLOW_STOP": "1"})
    wait_for(service.ready)

    code, said = service.end()

    assert code == 0
    assert "finished what was running" in said


def test_a_service_that_runs_spares_the_collector_what_lives_to_the_end(
    servers: tuple[ServerProcess, ServerProcess, dict[str, str]], start: Callable[..., Running]
) -> None:
    """And collects rarely: in a batch of messages nearly everything is still in use."""
    service = start(servers[2])
    wait_for(service.ready)

    _, said = service.end()

    after, spared = re.findall(r"collects after (\d+) spares (\d+)", said)[0]
    assert (int(after), int(spared) > 10_000) == (50_000, True)


def test_a_second_signal_ends_a_stop_at_once(
    servers: tuple[ServerProcess, ServerProcess, dict[str, str]], start: Callable[..., Running]
) -> None:
    """For whoever cannot wait."""
    service = start({**servers[2], "SLOW_STOP": "6"})
    wait_for(service.ready)
    begun = time.monotonic()
    service.process.send_signal(signal.SIGTERM)
    wait_for(lambda: get(service.port, "/livez")[0] == 0)

    code, said = service.end()

    assert code == 1
    assert time.monotonic() - begun < 5
    assert "finished what was running" not in said


def test_a_forked_child_runs_on_its_parents_socket_with_late_settings(
    servers: tuple[ServerProcess, ServerProcess, dict[str, str]], start: Callable[..., Running]
) -> None:
    """It has signals of its own: its parent's handler stays its parent's."""
    settings = dict(servers[2])
    late = settings.pop("HAVERI_NATS_URL")
    parent = start({**settings, "LATE_NATS_URL": late}, "--forked")
    assert parent.process.stdout is not None
    child = int(parent.process.stdout.readline().split()[1])
    wait_for(parent.ready)

    os.kill(child, signal.SIGTERM)

    said, errors = parent.process.communicate(timeout=10)
    assert parent.process.returncode == 0, errors
    assert "the parent heard it" not in said


def test_a_missing_setting_ends_the_start_with_one_sentence(start: Callable[..., Running]) -> None:
    """And exit code 2."""
    service = start({"HAVERI_DATABASE_URL": "", "HAVERI_NATS_URL": "nats://localhost:1"})

    _, error = service.process.communicate(timeout=20)

    assert service.process.returncode == 2
    assert error.startswith("HAVERI_DATABASE_URL is missing: ")
    assert len(error.strip().splitlines()) == 1


def test_a_taken_port_is_said(start: Callable[..., Running]) -> None:
    """With the port, and exit code 1."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        service = start(
            {
                "HAVERI_DATABASE_URL": "postgresql://localhost:1/x",
                "HAVERI_NATS_URL": "nats://localhost:1",
                "HAVERI_HEALTH_PORT": str(port),
            }
        )
        said, _ = service.process.communicate(timeout=20)

    assert service.process.returncode == 1
    assert str(port) in said


def test_importing_the_chassis_starts_no_thread_and_no_loop() -> None:
    """So that a parent may import everything and then fork."""
    check = (
        "import threading, asyncio, haveri_chassis.bus, haveri_chassis.service, haveri_chassis.objects, "
        "haveri_chassis.replica, haveri_chassis.telemetry, haveri_chassis.bus.dead_letters as _;"
        "assert threading.active_count() == 1, threading.enumerate();"
        "assert asyncio.events._get_running_loop() is None;"
        "assert asyncio.get_event_loop_policy()._local._loop is None"
    )
    subprocess.run([sys.executable, "-c", check], check=True)


async def test_the_test_helper_says_why_an_app_does_not_get_ready() -> None:
    """Instead of hanging."""
    from haveri_chassis.health import health_app
    from haveri_chassis.service import App, running
    from haveri_chassis.settings import ServiceSettings

    class Never:
        name = "never"
        stopped = False

        async def start(self) -> None:
            """Nothing."""

        async def stop(self) -> None:
            """Remember it."""
            self.stopped = True

        def problem(self) -> str | None:
            """Always the same."""
            return "the moon is not full"

    never = Never()
    settings = ServiceSettings(database_url="postgresql://x", nats_url="nats://x")  # type: ignore[arg-type]
    with pytest.raises(TimeoutError, match="the moon is not full"):
        async with running(App("sample", settings, health_app("sample"), [never]), ready_within=0.05):
            await asyncio.sleep(0)
    assert never.stopped
