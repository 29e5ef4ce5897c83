"""The keys with which the Bot Framework signs, fetched without blocking and kept until they are rotated."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx2
import jwt

from haveri_chassis.clock import Clock

KEPT = timedelta(hours=24)
UNKNOWN_KEY_FETCHES = 5
"""How often a minute an unknown key id may make us ask again: rotation is rare, forged tokens are not."""


class KeysUnavailable(Exception):
    """Nobody can be authenticated right now, because the signer's keys cannot be had."""


@dataclass(frozen=True)
class SigningKey:
    """A public key, and the channels for which its signatures count."""

    public: Any
    endorsements: frozenset[str]


@dataclass(frozen=True)
class _KeySet:
    issuer: str
    keys: dict[str, SigningKey]
    fetched_at: datetime


class SigningKeys:
    """The signer's key set; one fetch at a time, however many ask."""

    def __init__(self, http: httpx2.AsyncClient, metadata_url: str, clock: Clock) -> None:
        self._http = http
        self._metadata_url = metadata_url
        self._clock = clock
        self._known: _KeySet | None = None
        self._fetching = asyncio.Lock()
        self._unknown_key_fetches: deque[datetime] = deque(maxlen=UNKNOWN_KEY_FETCHES)

    async def find(self, key_id: str) -> tuple[str, SigningKey] | None:
        """The issuer and the key of this id, or None when the signer has none; raises KeysUnavailable."""
        known = await self._current()
        if key_id not in known.keys and self._may_ask_again():
            known = await self._refreshed(known)
        key = known.keys.get(key_id)
        return (known.issuer, key) if key else None

    async def _current(self) -> _KeySet:
        known = self._known
        if known is not None and self._clock.now() - known.fetched_at < KEPT:
            return known
        try:
            return await self._refreshed(known)
        except KeysUnavailable:
            # Old keys are still the signer's; a short outage there must not silence the plant here.
            if known is None:
                raise
            return known

    def _may_ask_again(self) -> bool:
        now = self._clock.now()
        asked = self._unknown_key_fetches
        if len(asked) == UNKNOWN_KEY_FETCHES and now - asked[0] < timedelta(minutes=1):
            return False
        asked.append(now)
        return True

    async def _refreshed(self, seen: _KeySet | None) -> _KeySet:
        async with self._fetching:
            if self._known is not None and self._known is not seen:
                return self._known
            self._known = await self._fetch()
            return self._known

    async def _fetch(self) -> _KeySet:
        try:
            metadata = await self._get(self._metadata_url)
            found = await self._get(str(metadata["jwks_uri"]))
            return _KeySet(str(metadata["issuer"]), _read_keys(found), self._clock.now())
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError, KeyError, TypeError, AttributeError) as error:
            raise KeysUnavailable(f"the signing keys cannot be had ({type(error).__name__})") from error

    async def _get(self, url: str) -> dict[str, Any]:
        answer = await self._http.get(url, timeout=5.0)
        answer.raise_for_status()
        body: dict[str, Any] = answer.json()
        return body


def _read_keys(found: dict[str, Any]) -> dict[str, SigningKey]:
    keys = {}
    for entry in found["keys"]:
        try:
            public = jwt.PyJWK.from_dict(entry, algorithm="RS256").key
        except jwt.PyJWTError:
            continue  # a key of another kind, which signs nothing that we accept
        keys[str(entry["kid"])] = SigningKey(public, frozenset(entry.get("endorsements") or ()))
    return keys
