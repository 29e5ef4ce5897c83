"""How schemas and roles are called, and how names get into SQL."""

from __future__ import annotations

import re

OWNER_ROLE = "haveri_owner"
"""Owns every schema and table; nobody logs in as it."""

VERSION_TABLE = "alembic_version"

_NAME = re.compile(r"[a-z][a-z0-9_]{0,50}")


def checked_name(name: str) -> str:
    """Give a schema's, table's or role's name back when it is plain enough to stand unquoted in SQL."""
    if _NAME.fullmatch(name) is None:
        raise ValueError(f"{name!r} cannot name a schema, table or role: use lower-case letters, digits and _")
    return name


def role_of(schema: str) -> str:
    """The login role of the service whose tables are in `schema`."""
    return f"haveri_{checked_name(schema)}"
