"""Login roles: what they may do, and their passwords as PostgreSQL keeps them."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import secrets

import asyncpg

from haveri_chassis.migrations.names import OWNER_ROLE, checked_name

_SCRAM_ITERATIONS = 4096
_ATTEMPTS = 20


async def ensure_owner(connection: asyncpg.Connection) -> bool:
    """Create the role that owns the tables, where it is missing; gives whether it was."""
    created = await _create_role(connection, OWNER_ROLE, "NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE")
    if not await connection.fetchval("SELECT pg_has_role(current_user, $1, 'SET')", OWNER_ROLE):
        await connection.execute(f"GRANT {OWNER_ROLE} TO CURRENT_USER")
    return created


async def ensure_service_role(connection: asyncpg.Connection, role: str, password: str) -> bool:
    """Create a service's login role where it is missing, and set its password; gives whether it was missing."""
    limits = "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION"
    created = await _create_role(connection, role, limits)
    # Roles are shared by all databases of a server, where our advisory lock of one database does not reach: two
    # provisionings of different databases can meet here, and the one that comes second tries again.
    for attempt in range(_ATTEMPTS):
        try:
            await connection.execute(f"ALTER ROLE {role} {limits} PASSWORD '{scram_verifier(password)}'")
            break
        except asyncpg.InternalServerError:
            if attempt == _ATTEMPTS - 1:
                raise
            await asyncio.sleep(0.05)
    return created


async def _create_role(connection: asyncpg.Connection, role: str, options: str) -> bool:
    if await connection.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", checked_name(role)):
        return False
    try:
        await connection.execute(f"CREATE ROLE {role} {options}")
    except (asyncpg.DuplicateObjectError, asyncpg.UniqueViolationError):
        return False
    return True


def scram_verifier(password: str) -> str:
    """The SCRAM-SHA-256 verifier of a password, so that the password itself never reaches the server or its log.

    Raises ValueError for a password that is empty or not printable ASCII (others would need SASLprep).
    """
    if not password or not password.isascii() or not password.isprintable():
        raise ValueError("a database password must be of printable ASCII characters")
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, _SCRAM_ITERATIONS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    encoded = (base64.b64encode(part).decode() for part in (salt, stored, server))
    return "SCRAM-SHA-256${}:{}${}:{}".format(_SCRAM_ITERATIONS, *encoded)
