"""Running a service: its components in order, its HTTP port, its orderly end."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import NoReturn, Protocol, TypeVar, runtime_checkable

import uvicorn
import uvloop
from fastapi import FastAPI

from haveri_chassis import logs, telemetry
from haveri_chassis.health import health_app, mount_health
from haveri_chassis.settings import ServiceSettings, SettingsError, load_settings
from haveri_chassis.tasks import cancel

__all__ = ["App", "Component", "health_app", "mount_health", "run", "running"]

S = TypeVar("S", bound=ServiceSettings)
_EXIT_SETTINGS = 2
_EXIT_FAILED = 1
_HTTP_SECONDS = 2
_STOP_SECONDS = 7.5
_RETRY_SECONDS = 1.0
_COLLECT_AFTER = 50_000

log = logs.get_logger(__name__)


@runtime_checkable
class Component(Protocol):
    """A part of a service with a life of its own. `start` does not wait for other machines."""

    @property
    def name(self) -> str:
        """What `/readyz` calls it."""

    async def start(self) -> None:
        """Begin to work, in the background."""

    async def stop(self) -> None:
        """Finish what is being done, and end."""

    def problem(self) -> str | None:
        """Why it does not work now, None when it does."""


@dataclass
class App:
    """A service ready to run: components are started in order and stopped in reverse."""

    name: str
    settings: ServiceSettings
    http: FastAPI
    components: list[Component]
    _started: list[Component] = field(default_factory=list, repr=False)
    _failures: dict[str, str] = field(default_factory=dict, repr=False)

    def problems(self) -> list[tuple[str, str]]:
        """Which components do not work, and why."""
        found: list[tuple[str, str]] = []
        for component in self.components:
            if component in self._started:
                problem = component.problem()
            else:
                problem = self._failures.get(component.name, "it has not been started yet")
            if problem:
                found.append((component.name, problem))
        return found

    async def start(self) -> None:
        """Start the components; one that fails is tried again until it starts, and the ones after it wait."""
        for component in self.components:
            while True:
                try:
                    await component.start()
                except Exception as error:
                    self._failures[component.name] = f"it does not start: {logs.clean_text(str(error))}"
                    log.exception("a component does not start", component=component.name)
                    await asyncio.sleep(_RETRY_SECONDS)
                else:
                    break
            self._started.append(component)

    def leave(self) -> None:
        """Tell each component that has a `leave()` that the end is near, while HTTP answers are still open.

        Whoever answers for as long as the caller listens (server-sent events) has to end that by himself.
        """
        for component in self.components:
            leave = getattr(component, "leave", None)
            if callable(leave):
                leave()

    async def stop(self) -> None:
        """Stop what was started, last first; one that fails to stop keeps no other from stopping."""
        while self._started:
            component = self._started.pop()
            try:
                await component.stop()
            except Exception:
                log.exception("a component did not stop cleanly", component=component.name)


def run(
    create_app: Callable[[S], App],
    settings_class: type[S],
    *,
    socket_or_port: socket.socket | int | None = None,
) -> NoReturn:
    """Run a service until SIGTERM or SIGINT, then exit: 0 after an orderly end, 2 when a setting is wrong.

    Listens on `socket_or_port` (a bound socket or a port), else on the settings' `http_host`/`http_port`, else on
    `health_host`/`health_port`. Works in a child that was forked after everything was imported.
    """
    _forget_parent()
    try:
        settings = load_settings(settings_class)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(_EXIT_SETTINGS)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        code = runner.run(_serve(create_app, settings, socket_or_port))
    telemetry.shutdown()
    sys.stdout.flush()
    sys.exit(code)


@contextlib.asynccontextmanager
async def running(app: App, *, ready_within: float = 20.0) -> AsyncIterator[App]:
    """Start an app's components, wait until all are ready (else TimeoutError that says why), stop them at the end."""
    mount_health(app.http, app)
    starting = asyncio.create_task(app.start())
    try:
        await _until_ready(app, starting, ready_within)
        yield app
    finally:
        await cancel(starting)
        await app.stop()


async def _until_ready(app: App, starting: asyncio.Task[None], seconds: float) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while not starting.done() or app.problems():
        if loop.time() > deadline:
            raise TimeoutError(f"{app.name} is not ready after {seconds:g} s: {app.problems()}")
        await asyncio.sleep(0.01)


async def _serve(create_app: Callable[[S], App], settings: S, where: socket.socket | int | None) -> int:
    app = create_app(settings)
    logs.setup(app.name, settings.log_level, settings.log_format)
    telemetry.setup(app.name, settings.otlp_endpoint)
    mount_health(app.http, app)
    try:
        listener = _listener(settings, where)
    except OSError as error:
        log.error("the port cannot be taken", error=str(error))
        return _EXIT_FAILED
    server = _Server(
        uvicorn.Config(
            app.http,
            log_config=None,
            access_log=False,
            http="httptools",
            timeout_graceful_shutdown=_HTTP_SECONDS,
            server_header=False,
            date_header=False,
        )
    )
    _stop_on_signals(server, app)
    host, port = listener.getsockname()[:2]
    log.info("listening", host=host, port=port)
    starting = asyncio.create_task(app.start(), name="start-components")
    starting.add_done_callback(_collect_rarely)
    await server.serve(sockets=[listener])
    return await _finish(app, starting)


async def _finish(app: App, starting: asyncio.Task[None]) -> int:
    await cancel(starting)
    try:
        await asyncio.wait_for(app.stop(), _STOP_SECONDS)
    except TimeoutError:
        log.warning("not everything stopped in time")
    log.info("stopped")
    return 0


def _collect_rarely(_started: asyncio.Task[None]) -> None:
    """Spare the collector what was made at the start and lives to the end, and most of its rounds.

    Python's own threshold of 700 new objects comes several times in each batch of messages, all of which are still
    in use; that took a quarter of the CPU.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER, 20, 20)


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers: they end the process by the signal, so that it seems to have failed."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to us."""
        yield


def _stop_on_signals(server: uvicorn.Server, app: App) -> None:
    loop = asyncio.get_running_loop()

    def stop() -> None:
        if server.should_exit:
            os._exit(_EXIT_FAILED)
        server.should_exit = True
        app.leave()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)


def _listener(settings: ServiceSettings, where: socket.socket | int | None) -> socket.socket:
    if isinstance(where, socket.socket):
        return where
    host: str = getattr(settings, "http_host", settings.health_host)
    port: int = where if where is not None else getattr(settings, "http_port", settings.health_port)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise OSError(f"{host}:{port}: {error.strerror}") from None
    listener.listen(2048)
    listener.setblocking(False)
    return listener


def _forget_parent() -> None:
    """Undo what a forked child inherits: its parent's signal handlers and wake-up pipe."""
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
