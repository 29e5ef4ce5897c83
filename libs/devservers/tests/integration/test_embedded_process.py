"""What the supervisor of one machine relies on, the same for every server."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from haveri_devservers import (
    LOOPBACK,
    EmbeddedServer,
    EmbeddedServerError,
    NatsServer,
    PostgresServer,
    S3Server,
    ServerProcess,
    free_port,
    free_ports,
)

Factory = Callable[[Path], EmbeddedServer]


def _postgres(home: Path) -> EmbeddedServer:
    return PostgresServer(home / "postgres", free_port(), durable=False, fallback=home / "fallback")


def _nats(home: Path) -> EmbeddedServer:
    port, monitoring_port, mqtt_port = free_ports(None, None, None)
    return NatsServer(home / "nats", port, monitoring_port=monitoring_port, mqtt_port=mqtt_port, durable=False)


def _s3(home: Path) -> EmbeddedServer:
    return S3Server(home / "s3", free_port())


every_server = pytest.mark.parametrize("factory", [_postgres, _nats, _s3])

# A supervisor that starts the server that it is told to, tells its pid and waits to be killed.
SUPERVISOR = """
import sys, pathlib, signal
from haveri_devservers import *
home = pathlib.Path(sys.argv[1])
ports = free_ports(None, None, None)
servers = {
    "postgres": lambda: PostgresServer(home / "postgres", ports[0], durable=False, fallback=home / "fallback"),
    "nats": lambda: NatsServer(home / "nats", ports[0], monitoring_port=ports[1], mqtt_port=ports[2]),
    "s3": lambda: S3Server(home / "s3", ports[0]),
}
process = ServerProcess(servers[sys.argv[2]]())
process.start()
process.wait_until_ready()
print(process.pid, flush=True)
signal.pause()
"""


@every_server
def test_it_starts_is_ready_and_stops_cleanly(factory: Factory, server_home: Path) -> None:
    process = ServerProcess(server := factory(server_home))
    assert not process.ready()
    assert process.pid is None
    assert process.exit_code is None
    with process:
        assert process.ready()
        assert psutil.Process(process.pid).is_running()
        assert os.getsid(process.pid or 0) != os.getsid(0), "Ctrl-C must reach the supervisor only"
        process.ask_to_stop()
        process.stop()
        assert process.exit_code in {0, -server.stop_signal, 1}
    assert not process.running()


@every_server
def test_it_is_started_again_after_kill_9_with_a_new_pid(factory: Factory, server_home: Path) -> None:
    with ServerProcess(factory(server_home)) as process:
        first = process.pid
        process.kill()
        assert not process.running()
        process.start()
        process.wait_until_ready()
        assert process.pid != first


@every_server
def test_it_ends_when_its_supervisor_is_killed_and_the_next_supervisor_can_start_at_once(
    factory: Factory, server_home: Path
) -> None:
    server = factory(server_home)
    with subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, str(server_home), server.name], stdout=subprocess.PIPE, text=True
    ) as supervisor:
        assert supervisor.stdout is not None
        orphan = psutil.Process(int(supervisor.stdout.readline()))
        supervisor.send_signal(signal.SIGKILL)
    with ServerProcess(server) as successor:
        assert successor.ready()
        assert not orphan.is_running() or orphan.status() == psutil.STATUS_ZOMBIE


@every_server
def test_it_stops_even_when_its_supervisor_held_signals_back_while_starting_it(
    factory: Factory, server_home: Path
) -> None:
    process = ServerProcess(factory(server_home))
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)
    process.wait_until_ready()
    process.stop()
    assert process.exit_code != -signal.SIGKILL


@every_server
def test_a_second_server_on_the_same_folder_is_refused_at_once(factory: Factory, server_home: Path) -> None:
    with ServerProcess(server := factory(server_home)) as owner:
        with pytest.raises(EmbeddedServerError, match=rf"{server.name} in .* running already, as process {owner.pid}"):
            ServerProcess(factory(server_home)).start()
        assert owner.ready()


@every_server
def test_a_port_taken_in_between_ends_the_start_with_the_reason(factory: Factory, server_home: Path) -> None:
    server = factory(server_home)
    refused = pytest.raises(EmbeddedServerError, match=r"(?s)ended at once.*(in use|bind)")
    with socket.create_server((LOOPBACK, server.port)), refused, ServerProcess(server):
        pytest.fail("it started on a port that was taken")


def test_an_environment_of_other_tools_changes_nothing(server_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NANIO_DATA_DIR", "/nowhere")
    monkeypatch.setenv("PGPORT", "1")
    for factory in (_s3, _postgres):
        with ServerProcess(factory(server_home)) as process:
            assert process.ready()
