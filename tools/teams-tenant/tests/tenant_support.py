"""The tenant as a process, and a bot that is strict about whom it listens to."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import jwt
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from haveri_teams_tenant.client import AppInstall, TeamSeed, TenantClient, UserSeed
from haveri_teams_tenant.client.tenant import TenantHandle

Json = dict[str, Any]

TAMPERE = "11111111-1111-4111-8111-111111111111"
OULU = "22222222-2222-4222-8222-222222222222"
WORKS = "aaaaaaaa-0000-4000-8000-000000000001"
MILL = "bbbbbbbb-0000-4000-8000-000000000001"
APP = "f5d48856-5b42-41a0-8c3a-c5f944b679b0"
SECRET = "a secret of the bot"
ANNA = UserSeed(
    "c33aafc4-646d-4543-9d4c-abd28e4d2110", "Anna Virtanen", "anna@tampere.example", "fi-FI", "Europe/Helsinki"
)
MIKKO = UserSeed("c33aafc4-646d-4543-9d4c-abd28e4d2111", "Mikko Korhonen", "mikko@tampere.example")
OUTSIDER = UserSeed("c33aafc4-646d-4543-9d4c-abd28e4d2112", "Olga Outsider", "olga@tampere.example")
LIISA = UserSeed("d33aafc4-646d-4543-9d4c-abd28e4d2110", "Liisa Laine", "liisa@oulu.example")


def free_port() -> int:
    """A port that the operating system has to give."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class TenantProcess:
    """The tenant under `python -m haveri_teams_tenant`, which can be killed and started again."""

    def __init__(self, data_dir: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._data_dir = data_dir
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start, and wait until it answers."""
        environment = {
            **os.environ,
            "HAVERI_TENANT_PORT": str(self.port),
            "HAVERI_TENANT_DATA_DIR": str(self._data_dir),
            "HAVERI_TENANT_LONGEST_BACKOFF": "0.3",
        }
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "haveri_teams_tenant", env=environment
        )
        async with asyncio.timeout(20), httpx2.AsyncClient(trust_env=False) as client:
            while True:
                try:
                    await client.get(f"{self.url}/readyz")
                except httpx2.HTTPError:
                    await asyncio.sleep(0.05)
                else:
                    return

    async def kill(self) -> None:
        """As a power cut of the process: nothing can be tidied up."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """As the supervisor stops it; gives the exit code."""
        return await self._end(signal.SIGTERM)

    async def _end(self, how: signal.Signals) -> int:
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return 0
        process.send_signal(how)
        return await asyncio.wait_for(process.wait(), 15)


class FakeBot:
    """A messaging endpoint that validates tokens for real and remembers what it was told."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/api/messages"
        self.metadata_url = ""
        self.received: list[Json] = []
        self.refused: list[str] = []
        self.answers: dict[str, Callable[[Json], Any]] = {}
        self.status = 200
        self.news = asyncio.Event()
        self._keys: dict[str, Any] = {}
        self._server: uvicorn.Server | None = None
        self._task: asyncio.Task[None] | None = None

    def app(self) -> FastAPI:
        """The endpoint."""
        app = FastAPI()

        @app.post("/api/messages")
        async def messages(request: Request) -> Response:
            activity = json.loads(await request.body())
            problem = await self._judge(request.headers.get("Authorization", ""), activity)
            if problem:
                self.refused.append(problem)
                return JSONResponse({"problem": problem}, 401)
            if self.status != 200:
                return Response(status_code=self.status)
            self.received.append(activity)
            self.news.set()
            answer = self.answers.get(activity.get("name") or activity["type"])
            if answer is None:
                return Response(status_code=200)
            body = answer(activity)
            body = await body if asyncio.iscoroutine(body) else body
            return body if isinstance(body, Response) else JSONResponse(body)

        return app

    async def _judge(self, header: str, activity: Json) -> str:
        token = header.removeprefix("Bearer ")
        try:
            kid = jwt.get_unverified_header(token)["kid"]
            if kid not in self._keys:
                await self._fetch_keys()
            claims = jwt.decode(
                token,
                jwt.PyJWK(self._keys[kid]).key,
                algorithms=["RS256"],
                audience=APP,
                issuer="https://api.botframework.com",
                options={"require": ["exp", "aud", "iss"]},
            )
        except (jwt.PyJWTError, KeyError) as error:
            return repr(error)
        if "msteams" not in self._keys[kid]["endorsements"]:
            return "not endorsed for msteams"
        return "" if claims.get("serviceurl") == activity["serviceUrl"] else "serviceurl does not match"

    async def _fetch_keys(self) -> None:
        async with httpx2.AsyncClient(trust_env=False) as client:
            metadata = (await client.get(self.metadata_url)).json()
            keys = (await client.get(metadata["jwks_uri"])).json()["keys"]
        self._keys = {key["kid"]: key for key in keys}

    async def start(self) -> None:
        """Listen."""
        config = uvicorn.Config(self.app(), port=self.port, log_level="warning", lifespan="off")
        self._server = uvicorn.Server(config)
        self._task = asyncio.create_task(self._server.serve())
        while not self._server.started:  # noqa: ASYNC110 - uvicorn offers nothing to wait for
            await asyncio.sleep(0.01)

    async def stop(self) -> None:
        """Go down."""
        if self._server and self._task:
            self._server.should_exit = True
            await self._task
            self._server = self._task = None

    async def told(self, fits: Callable[[Json], bool], timeout: float = 8.0) -> Json:
        """The first activity that fits, as soon as it arrives."""
        async with asyncio.timeout(timeout):
            while True:
                for activity in self.received:
                    if fits(activity):
                        return activity
                self.news.clear()
                await self.news.wait()

    def texts(self) -> list[str]:
        """The texts of the messages so far."""
        return [activity["text"] for activity in self.received if activity["type"] == "message"]


class Stage:
    """A tenant with two organisations and a bot that is in both."""

    def __init__(self, process: TenantProcess, bot: FakeBot) -> None:
        self.process = process
        self.bot = bot
        self.client = TenantClient(process.url)
        self.http = httpx2.AsyncClient(base_url=process.url, trust_env=False, timeout=10)
        self.tampere: TenantHandle = self.client.tenant(TAMPERE)
        self.oulu: TenantHandle = self.client.tenant(OULU)
        bot.metadata_url = f"{process.url}/v1/.well-known/openidconfiguration"

    async def set(self) -> None:
        """Seed and install."""
        works = TeamSeed(WORKS, "Tampere Works", ("Incidents",), (ANNA.aad_object_id, MIKKO.name))
        await self.tampere.seed("Tampere Plant", [ANNA, MIKKO, OUTSIDER], [works])
        await self.oulu.seed("Oulu Mill", [LIISA], [TeamSeed(MILL, "Oulu Mill")])
        for tenant in (self.tampere, self.oulu):
            await tenant.install(self.installation())
        for team in (WORKS, MILL):
            await self.bot.told(
                lambda a, team=team: (
                    a["type"] == "conversationUpdate"
                    and a["channelData"]["team"]["aadGroupId"] == team
                    and a.get("membersAdded") == [{"id": f"28:{APP}"}]
                )
            )

    def installation(self, **changes: Any) -> AppInstall:
        """The bot as it is installed."""
        given: Json = {
            "app_id": APP,
            "name": "Haveri",
            "secret": SECRET,
            "messaging_endpoint": self.bot.url,
            "home_tenant_id": TAMPERE,
        }
        return AppInstall(**{**given, **changes})

    async def strike(self) -> None:
        """Close the connections."""
        await self.client.close()
        await self.http.aclose()

    async def token(self, tenant: str, scope: str, secret: str = SECRET) -> httpx2.Response:
        """Ask for a token."""
        form = {"grant_type": "client_credentials", "client_id": APP, "client_secret": secret, "scope": scope}
        return await self.http.post(f"/{tenant}/oauth2/v2.0/token", data=form)

    async def bot_headers(self) -> dict[str, str]:
        """What the bot sends to the Connector."""
        answer = await self.token("botframework.com", "https://api.botframework.com/.default")
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    async def graph_headers(self, tenant: str = TAMPERE) -> dict[str, str]:
        """What the bot sends to Graph."""
        answer = await self.token(tenant, "https://graph.microsoft.com/.default")
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def card(*body: Json, actions: list[Json] | None = None, **more: Any) -> Json:
    """An Adaptive Card."""
    return {"type": "AdaptiveCard", "version": "1.5", "body": list(body), "actions": actions or [], **more}


def card_activity(content: Json, **more: Any) -> Json:
    """A message that carries a card."""
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": content}
    return {"type": "message", "attachments": [attachment], **more}
