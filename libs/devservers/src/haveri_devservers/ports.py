"""Ports on the loopback interface, the only one that embedded servers listen on."""

from __future__ import annotations

import contextlib
import errno
import http.client
import random
import socket

from haveri_devservers.errors import EmbeddedServerError

LOOPBACK = "127.0.0.1"

_TAKEN = (errno.EADDRINUSE, errno.EACCES)
# Below those that systems give to outgoing connections, any of which may take a chosen port before its server does.
_QUIET = range(15_000, 32_000)
_TRIES = 20


def free_port(preferred: int | None = None) -> int:
    """Give `preferred` if nothing listens there, else any that is free."""
    return free_ports(preferred)[0]


def free_ports(*preferred: int | None) -> list[int]:
    """Give one free port for each wish, all different; `None` wishes for any.

    All of them are held until the last is chosen, or the same one could be chosen twice.
    A port may still be taken by somebody else before its server binds it: the server's start then fails and says so.
    """
    with contextlib.ExitStack() as held:
        ports = []
        for port in preferred:
            listener = (port and _hold(port)) or _hold_any()
            if listener is None:
                raise EmbeddedServerError(f"No free port could be found on {LOOPBACK}.")
            held.enter_context(listener)
            ports.append(int(listener.getsockname()[1]))
        return ports


def _hold_any() -> socket.socket | None:
    tries = (_hold(random.choice(_QUIET)) for _ in range(_TRIES))  # noqa: S311 - a guess, not a secret
    return next((listener for listener in tries if listener is not None), None) or _hold(0)


def _hold(port: int) -> socket.socket | None:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # The servers set it too: without it a port stays "taken" for a minute after its last server stopped.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
        listener.listen(1)
    except OSError as refusal:
        listener.close()
        if refusal.errno not in _TAKEN:
            raise
        return None
    return listener


def accepts_connections(port: int, *, timeout: float = 1.0) -> bool:
    """Tell whether something listens on `port` of the loopback interface, within `timeout` seconds."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=timeout):
            return True
    except OSError:
        return False


def http_status(port: int, path: str) -> int | None:
    """The status of a GET to `port` of the loopback interface, None without an answer within a second."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=1)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
