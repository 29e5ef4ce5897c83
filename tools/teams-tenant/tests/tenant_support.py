"""The tenant as a process, and a bot that is strict about whom it listens to."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import smtplib
import socket
import sys
import uuid
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import jwt
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from haveri_teams_tenant.client import AppInstall, TeamSeed, TenantClient, UserSeed
from haveri_teams_tenant.client.tenant import TenantHandle

Json = dict[str, Any]

SECRET = "a secret of the bot"
BOT_SCOPE = "https://api.botframework.com/.default"
GRAPH_SCOPE = "https://graph.microsoft.com/.default"
COMMANDS = {
    "incident": "Declare an incident",
    "incidents": "Open incidents",
    "ack": "Acknowledge the incident",
    "note": "Add a note",
    "oncall": "Who is on shift",
    "help": "What you can type",
}
ANNA, MIKKO, OLGA, LIISA = "Anna Virtanen", "Mikko Korhonen", "Olga Outsider", "Liisa Laine"


def guid() -> str:
    """A fresh GUID, so that tests never meet each other's organisations."""
    return str(uuid.uuid4())


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
            "HAVERI_TENANT_MAIL_PORT": "0",
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
        self.app_id = guid()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/api/messages"
        self.metadata_url = ""
        self.received: list[Json] = []
        self.refused: list[str] = []
        self.answers: dict[str, Callable[[Json], Any]] = {}
        self.status = 200
        self.received_one = asyncio.Event()
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
            self.received_one.set()
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
                audience=self.app_id,
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
                self.received_one.clear()
                await self.received_one.wait()

    def texts(self) -> list[str]:
        """The texts of the messages so far."""
        return [activity["text"] for activity in self.received if activity["type"] == "message"]


class Stage:
    """Two organisations of one tenant process with a bot that is in both."""

    def __init__(self, process: TenantProcess, bot: FakeBot) -> None:
        self.process = process
        self.bot = bot
        self.client = TenantClient(process.url)
        self.http = httpx2.AsyncClient(base_url=process.url, trust_env=False, timeout=10)
        self.works, self.mill = guid(), guid()
        self.tampere: TenantHandle = self.client.tenant(guid())
        self.oulu: TenantHandle = self.client.tenant(guid())
        self.anna = UserSeed(guid(), ANNA, "anna@tampere.example", "fi-FI", "Europe/Helsinki")
        self.mikko = UserSeed(guid(), MIKKO, "mikko@tampere.example")
        self.olga = UserSeed(guid(), OLGA, "olga@tampere.example")
        self.liisa = UserSeed(guid(), LIISA, "liisa@oulu.example")
        bot.metadata_url = f"{process.url}/v1/.well-known/openidconfiguration"

    async def set(self) -> None:
        """Seed and install."""
        await self.seed()
        for tenant in (self.tampere, self.oulu):
            await tenant.install(self.installation())
            await tenant.wait_until_delivered()

    async def seed(self) -> None:
        """Olga is in the organisation but not in the team."""
        works = TeamSeed(self.works, "Tampere Works", ("Incidents",), (ANNA, MIKKO))
        await self.tampere.seed("Tampere Plant", [self.anna, self.mikko, self.olga], [works])
        await self.oulu.seed("Oulu Mill", [self.liisa], [TeamSeed(self.mill, "Oulu Mill")])

    def installation(self, **changes: Any) -> AppInstall:
        """The bot as it is installed."""
        given: Json = {
            "app_id": self.bot.app_id,
            "name": "Haveri",
            "secret": SECRET,
            "messaging_endpoint": self.bot.url,
            "home_tenant_id": self.tampere.id,
            "commands": COMMANDS,
        }
        return AppInstall(**{**given, **changes})

    async def incidents(self) -> str:
        """The id of the channel Incidents."""
        channel = await self.tampere.channel("Incidents")
        assert channel is not None
        return channel.id

    async def token(self, tenant: str, scope: str, secret: str = SECRET) -> httpx2.Response:
        """Ask for a token."""
        form = {
            "grant_type": "client_credentials",
            "client_id": self.bot.app_id,
            "client_secret": secret,
            "scope": scope,
        }
        return await self.http.post(f"/{tenant}/oauth2/v2.0/token", data=form)

    async def bot_headers(self) -> dict[str, str]:
        """What the bot sends to the Connector."""
        answer = await self.token("botframework.com", BOT_SCOPE)
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    async def graph_headers(self, tenant: TenantHandle | None = None) -> dict[str, str]:
        """What the bot sends to Graph."""
        answer = await self.token((tenant or self.tampere).id, GRAPH_SCOPE)
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    async def post(self, conversation_id: str, activity: Json, **query: str) -> httpx2.Response:
        """The bot writes into a conversation."""
        path = f"/amer/v3/conversations/{quote(conversation_id, safe='')}/activities"
        return await self.http.post(path, json=activity, params=query, headers=await self.bot_headers())

    async def post_card(self, conversation_id: str, content: Json) -> str:
        """The bot posts a card; gives the message's id."""
        answer = await self.post(conversation_id, card_activity(content))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def post_mail(self, to: str, subject: str, text: str, subtype: str = "plain") -> None:
        """Somebody sends a mail by SMTP; `to` may hold several addresses with commas between them."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = "Haveri <haveri@haveri.example>", to, subject
        message.set_content(text, subtype=subtype)
        host, port = await self.client.mail_door()

        def send() -> None:
            with smtplib.SMTP(host, port, timeout=5) as smtp:
                smtp.send_message(message)

        await asyncio.to_thread(send)

    async def __aenter__(self) -> Stage:
        """Open."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the connections."""
        await self.client.close()
        await self.http.aclose()


def card(*body: Json, actions: list[Json] | None = None, **more: Any) -> Json:
    """An Adaptive Card."""
    return {"type": "AdaptiveCard", "version": "1.5", "body": list(body), "actions": actions or [], **more}


def card_activity(content: Json, **more: Any) -> Json:
    """A message that carries a card."""
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": content}
    return {"type": "message", "attachments": [attachment], **more}


def text_block(text: str) -> Json:
    """A line of text on a card."""
    return {"type": "TextBlock", "text": text}


def execute(title: str, verb: str, **more: Any) -> Json:
    """A button that is answered."""
    return {"type": "Action.Execute", "title": title, "verb": verb, **more}
