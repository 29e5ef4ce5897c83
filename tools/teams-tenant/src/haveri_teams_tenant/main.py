"""The tenant as one application and one process."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import FrameType
from typing import Any

import uvicorn
from fastapi import FastAPI
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from haveri_teams_tenant.cards.inputs import BadInputs
from haveri_teams_tenant.clock import Clock, Ids
from haveri_teams_tenant.connector import conversations, rosters
from haveri_teams_tenant.connector import errors as connector_errors
from haveri_teams_tenant.control import people, tenants, troubles
from haveri_teams_tenant.control.gate import CONNECTION, Gate
from haveri_teams_tenant.control.problems import answer_bad_inputs, answer_refused
from haveri_teams_tenant.graph import channels, chats, members, messages
from haveri_teams_tenant.graph import errors as graph_errors
from haveri_teams_tenant.house import House
from haveri_teams_tenant.identity import routes as identity
from haveri_teams_tenant.page import documentation, files, live, mail, reading, writing
from haveri_teams_tenant.page.look import STATIC, SecurityHeaders
from haveri_teams_tenant.page.viewer import NobodyChosen, answer_nobody
from haveri_teams_tenant.people.refusals import Refused
from haveri_teams_tenant.settings import TenantSettings
from haveri_teams_tenant.unroutable import answer_unroutable


def create_app(settings: TenantSettings) -> FastAPI:
    """The tenant over the state in `settings.data_dir`."""
    house = House(settings, Clock(), Ids())
    app = FastAPI(
        title="A local Microsoft 365 tenant",
        description="The control API. Every call needs the header `X-Haveri-Tenant-Control: 1`.",
        version="1",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan(house),
    )
    app.state.house = house
    _add_health(app)
    for connector in (conversations.router, rosters.router):
        app.include_router(connector)
        app.include_router(connector, prefix="/amer")
    for module in (
        channels,
        members,
        messages,
        chats,
        tenants,
        people,
        troubles,
        documentation,
        files,
        live,
        # Before the conversations, one of which it would be taken for.
        mail,
        reading,
        writing,
    ):
        app.include_router(module.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    # Last, as its metadata route takes any path in front.
    app.include_router(identity.router)
    app.add_exception_handler(connector_errors.ConnectorRefusal, connector_errors.answer_refusal)
    app.add_exception_handler(graph_errors.GraphRefusal, graph_errors.answer_refusal)
    app.add_exception_handler(Refused, answer_refused)
    app.add_exception_handler(NobodyChosen, answer_nobody)
    app.add_exception_handler(BadInputs, answer_bad_inputs)
    answer_unroutable(app)
    app.add_middleware(SecurityHeaders, settings=settings)
    app.add_middleware(Gate, faults=house.faults, traffic=house.traffic, clock=house.clock)
    return app


def _lifespan(house: House) -> Any:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        house.outbox.start()
        await house.mail_door.start()
        yield
        await house.mail_door.close()
        house.feed.close()
        await house.outbox.close()
        await house.sender.close()
        house.store.close()

    return lifespan


def _add_health(app: FastAPI) -> None:
    @app.get("/livez", include_in_schema=False)
    async def livez() -> JSONResponse:
        """The process runs."""
        return JSONResponse({"status": "ok"})

    @app.get("/readyz", include_in_schema=False)
    async def readyz() -> JSONResponse:
        """The state is loaded, as the application exists only then."""
        return JSONResponse({"status": "ok"})


class CuttableProtocol(HttpToolsProtocol):
    """Tells the application its connection, so that a fault can cut it."""

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self.scope["extensions"] = {CONNECTION: {"transport": self.transport}}


class TenantServer(uvicorn.Server):
    """Ends live streams first when it is told to stop, so that stopping does not wait for open pages."""

    def __init__(self, config: uvicorn.Config, house: House) -> None:
        super().__init__(config)
        self._house = house
        self._loop: asyncio.AbstractEventLoop | None = None

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until stopped."""
        self._loop = asyncio.get_running_loop()
        await super().serve(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal asks to stop."""
        super().handle_exit(sig, frame)
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._house.feed.close)


def make_server(settings: TenantSettings) -> tuple[TenantServer, socket.socket, TenantSettings]:
    """A server on its bound socket, and the settings with the port that it really got."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((settings.host, settings.port))
    settings = settings.model_copy(update={"port": listener.getsockname()[1]})
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http=CuttableProtocol,
        ws="none",
        log_level=settings.log_level,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=3,
        timeout_keep_alive=75,
    )
    return TenantServer(config, app.state.house), listener, settings


def run(settings: TenantSettings | None = None) -> None:
    """Serve until SIGTERM or SIGINT; without settings they come from the environment."""
    server, listener, _ = make_server(settings or TenantSettings.from_environment(os.environ))
    server.run(sockets=[listener])
