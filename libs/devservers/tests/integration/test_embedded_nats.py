"""NATS out of the wheel: streams that last, MQTT, one user."""

from __future__ import annotations

import json
import socket
import struct
import urllib.request
from pathlib import Path

import nats
import nats.errors
import pytest

from haveri_devservers import LOOPBACK, NatsServer, ServerProcess, free_ports


def _server(home: Path, *, durable: bool = True) -> NatsServer:
    port, monitoring_port, mqtt_port = free_ports(None, None, None)
    return NatsServer(home / "nats", port, monitoring_port=monitoring_port, mqtt_port=mqtt_port, durable=durable)


async def _publish(server: NatsServer, *messages: bytes) -> None:
    client = await nats.connect(server.endpoint().url)
    try:
        stream = client.jetstream()
        await stream.add_stream(name="KEPT", subjects=["kept.>", "plant.>"])
        for message in messages:
            await stream.publish("kept.here", message)
    finally:
        await client.close()


async def _stored(server: NatsServer, sequence: int) -> tuple[str | None, bytes | None]:
    client = await nats.connect(server.endpoint().url)
    try:
        message = await client.jetstream().get_msg("KEPT", seq=sequence)
        return message.subject, message.data
    finally:
        await client.close()


async def test_a_second_start_on_other_ports_finds_the_streams_again(server_home: Path) -> None:
    with ServerProcess(first := _server(server_home)):
        await _publish(first, b"one")
    with ServerProcess(second := _server(server_home)):
        assert await _stored(second, 1) == ("kept.here", b"one")


async def test_acknowledged_messages_survive_kill_9(server_home: Path) -> None:
    process = ServerProcess(server := _server(server_home))
    with process:
        await _publish(server, b"one", b"two")
        process.kill()
        assert not process.ready()
        process.start()
        process.wait_until_ready()
        assert await _stored(server, 2) == ("kept.here", b"two")


async def test_a_wrong_password_and_no_password_are_refused(server_home: Path) -> None:
    with ServerProcess(server := _server(server_home)):
        address = server.endpoint().public_url
        for options in ({"user": "services", "password": "wrong"}, {}):
            with pytest.raises(nats.errors.Error, match="Authorization Violation"):
                await nats.connect(address, allow_reconnect=False, **options)


def test_the_password_is_closed_to_other_accounts(server_home: Path) -> None:
    with ServerProcess(server := _server(server_home)) as process:
        for name in ("password", "nats.conf", "server.log"):
            assert (server.directory / name).stat().st_mode & 0o777 == 0o600
        assert server.endpoint().password not in process.log_file.read_text()


def test_every_write_is_on_disk_before_it_is_acknowledged_unless_tests_ask_otherwise(server_home: Path) -> None:
    safe, fast = _server(server_home), _server(server_home, durable=False)
    for server, always in ((safe, True), (fast, False)):
        with ServerProcess(server), urllib.request.urlopen(f"{server.endpoint().monitoring_url}/varz") as page:
            facts = json.load(page)
        assert facts["jetstream"]["config"].get("sync_always", False) is always
        assert facts["max_payload"] == 8 * 1024 * 1024
        assert facts["host"] == facts["http_host"] == facts["mqtt"]["host"] == LOOPBACK


async def test_a_sensor_publishes_by_mqtt_and_the_stream_has_it(server_home: Path) -> None:
    with ServerProcess(server := _server(server_home)):
        await _publish(server)
        endpoint = server.endpoint()
        with socket.create_connection((LOOPBACK, endpoint.mqtt_port), timeout=5) as sensor:
            assert _mqtt_connect(sensor, endpoint.user, endpoint.password) == 0
            sensor.sendall(_packet(0x32, _text("plant/line1/pump7") + struct.pack("!H", 7) + b"4.2 mm/s"))
            assert sensor.recv(4) == bytes([0x40, 2, 0, 7])
        assert await _stored(server, 1) == ("plant.line1.pump7", b"4.2 mm/s")


def test_a_sensor_with_a_wrong_password_is_refused(server_home: Path) -> None:
    with ServerProcess(server := _server(server_home)):
        endpoint = server.endpoint()
        with socket.create_connection((LOOPBACK, endpoint.mqtt_port), timeout=5) as sensor:
            assert _mqtt_connect(sensor, endpoint.user, "wrong") in {4, 5}


def _mqtt_connect(connection: socket.socket, user: str, password: str) -> int:
    """Send an MQTT 3.1.1 CONNECT and give the return code of the CONNACK."""
    flags = bytes([0b1100_0010])  # user name, password, clean session
    head = _text("MQTT") + b"\x04" + flags + struct.pack("!H", 60)
    connection.sendall(_packet(0x10, head + _text("sensor-1") + _text(user) + _text(password)))
    return connection.recv(4)[3]


def _text(value: str) -> bytes:
    return struct.pack("!H", len(value)) + value.encode()


def _packet(kind: int, body: bytes) -> bytes:
    assert len(body) < 128, "longer bodies need a longer length field"
    return bytes([kind, len(body)]) + body
