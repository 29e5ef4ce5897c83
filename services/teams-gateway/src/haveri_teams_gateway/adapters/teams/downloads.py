"""The bytes of files that people shared, never more of them than allowed."""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import urlsplit

import httpx2

from haveri_chassis.clock import Clock
from haveri_chat.ports import PlatformUnavailable
from haveri_contracts.escalation.reasons import ReasonCode
from haveri_teams_gateway.adapters.teams.answers import judge
from haveri_teams_gateway.application.ports import Fetched, NotTaken
from haveri_teams_gateway.domain.allowed_hosts import AllowedHosts

_MIB = 1024 * 1024
_TIMEOUT = httpx2.Timeout(10.0, read=60.0)


class Downloads:
    """Fetches files. A token goes to the host it was asked for only, never along a redirect."""

    def __init__(self, http: httpx2.AsyncClient, hosts: AllowedHosts, limit: int, clock: Clock) -> None:
        self._http = http
        self._hosts = hosts
        self._limit = limit
        self._clock = clock

    def may_carry_token(self, url: str) -> bool:
        """True when the bot's own token may be shown to this address."""
        return self._hosts.admit(url)

    async def fetch(self, url: str, token: str | None = None) -> Fetched:
        """Get a file; raises NotTaken, PlatformUnavailable or PlatformRefused."""
        if urlsplit(url).scheme != "https" and not self._hosts.admit(url):
            raise NotTaken(ReasonCode.FILE_NOT_HTTPS)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            async with self._http.stream(
                "GET", url, headers=headers, timeout=_TIMEOUT, follow_redirects=True
            ) as answer:
                return await self._read(answer)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise PlatformUnavailable(f"the file cannot be fetched ({type(error).__name__})") from error

    async def _read(self, answer: httpx2.Response) -> Fetched:
        if answer.status_code >= 300:
            judge("fetch a file", answer.status_code, answer.headers, await answer.aread(), self._clock.now())
        digest = hashlib.sha256()
        content = bytearray()
        async for chunk in answer.aiter_bytes():
            content += chunk
            digest.update(chunk)
            if len(content) > self._limit:
                raise NotTaken(ReasonCode.FILE_TOO_LARGE, megabytes=self._limit // _MIB)
        kind = answer.headers.get("content-type", "").partition(";")[0].strip()
        return Fetched(bytes(content), kind or "application/octet-stream", digest.hexdigest())


def share_address(graph_url: str, web_url: str) -> str:
    """Graph's address for the bytes of a file that is known by its web address."""
    encoded = base64.urlsafe_b64encode(web_url.encode()).decode().rstrip("=")
    return f"{graph_url}/shares/u!{encoded}/driveItem/content"
