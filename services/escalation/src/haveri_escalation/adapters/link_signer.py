"""Links that only this service can make: `<organisation>.<JWT>`, signed with a key that nobody else has."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import jwt

from haveri_chassis.clock import Clock
from haveri_contracts.refusals import LinkExpired
from haveri_escalation.domain.links import Link, LinkNotValid

LIFETIME = timedelta(hours=24)
_ALGORITHM = "HS256"
_CLAIMS = ("organization", "call", "incident", "member", "exp")


class LinkSigner:
    """Makes and reads links. `public_url` is where people reach the web pages; without it there are no links."""

    def __init__(self, key: str, clock: Clock, public_url: str | None) -> None:
        self._key = key
        self._clock = clock
        self._public_url = public_url.rstrip("/") if public_url else None

    def url(self, organization: str, link: Link) -> str | None:
        """The address of the page that answers the call, good for 24 hours; None when the pages have no address."""
        return f"{self._public_url}/answer/{self.token(organization, link)}" if self._public_url else None

    def token(self, organization: str, link: Link) -> str:
        """The organisation stands in front in clear, so that whoever reads it knows where to ask."""
        claims = {
            "organization": organization,
            "call": link.call_id.hex,
            "incident": link.incident_id.hex,
            "member": link.member_id.hex,
            "exp": int((self._clock.now() + LIFETIME).timestamp()),
        }
        return f"{organization}.{jwt.encode(claims, self._key, _ALGORITHM)}"

    def read(self, organization: str, token: str) -> Link:
        """What a token of this organisation says. Raises LinkNotValid or LinkExpired."""
        claims = self._claims(organization, token)
        try:
            link = Link(UUID(hex=claims["call"]), UUID(hex=claims["incident"]), UUID(hex=claims["member"]))
            expires_at = datetime.fromtimestamp(claims["exp"], UTC)
        except (ValueError, TypeError, AttributeError, OverflowError, OSError):
            raise LinkNotValid from None
        if self._clock.now() >= expires_at:
            raise LinkExpired("A link works for 24 hours. Answer in the incident's channel.")
        return link

    def _claims(self, organization: str, token: str) -> dict[str, Any]:
        named, _, signed = token.partition(".")
        try:
            # The time is compared with our own clock, which tests move.
            claims: dict[str, Any] = jwt.decode(
                signed, self._key, algorithms=[_ALGORITHM], options={"require": list(_CLAIMS), "verify_exp": False}
            )
        except jwt.PyJWTError:
            raise LinkNotValid from None
        # What stands in clear can be changed; what is signed cannot.
        if not named == organization == claims["organization"]:
            raise LinkNotValid
        return claims
