"""Names for organisations that no other test uses: tenants keep tests apart on shared servers."""

from __future__ import annotations

import re
import secrets

MAX_LENGTH = 40
_UNIQUE_DIGITS = 10


def unique_slug(label: str) -> str:
    """Give a slug (`[a-z][a-z0-9-]*`, at most 40 characters) that starts like `label` and occurs once."""
    words = re.sub(r"[^a-z0-9]+", "-", label.lower().removeprefix("test_")).strip("-")
    start = re.sub(r"^[^a-z]+", "", words)[: MAX_LENGTH - _UNIQUE_DIGITS - 1].strip("-") or "org"
    return f"{start}-{secrets.token_hex(_UNIQUE_DIGITS // 2)}"
