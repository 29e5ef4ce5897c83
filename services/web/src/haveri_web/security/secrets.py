"""Secrets that callers hold: made here, kept as digests only."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable

TOKEN_PREFIX = "hvr_"  # noqa: S105 - what every API token starts with, so that scanners find leaked ones
_BYTES = 32

Randomness = Callable[[int], bytes]
"""Gives this many bytes that nobody can guess."""


def new_secret(randomness: Randomness = secrets.token_bytes) -> str:
    """256 random bits, URL-safe."""
    return base64.urlsafe_b64encode(randomness(_BYTES)).rstrip(b"=").decode()


def digest(secret: str) -> bytes:
    """What is kept of a secret. It has 256 random bits, so a plain SHA-256 cannot be guessed back."""
    return hashlib.sha256(secret.encode()).digest()


def form_token(cookie: str) -> str:
    """The token that forms carry, bound to the cookie; it reveals nothing of it."""
    # Its digest: to HMAC a key is the same with zero bytes behind it.
    made = hmac.new(digest(cookie), b"haveri form", hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def is_form_token(cookie: str, given: str) -> bool:
    """True when a form was made for this cookie."""
    return hmac.compare_digest(form_token(cookie).encode(), given.encode("utf-8", "replace"))
