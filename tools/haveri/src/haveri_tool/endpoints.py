"""`endpoints.json`: where everything of a running house is. Its shape is a public promise (contracts.md, Running)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from haveri_chassis.private_files import write_private


@dataclass(frozen=True)
class Endpoints:
    """What the file says. URLs of PostgreSQL, NATS and MQTT carry user and password, so the file is private.

    Addresses of what does not run (no local tenant, say) are left out of the file.
    """

    services: Mapping[str, Mapping[str, Any]]
    servers: Mapping[str, Mapping[str, Any]]
    supervisor: int
    web: str | None = None
    teams_gateway: str | None = None
    teams_tenant: str | None = None
    nats: str | None = None
    mqtt: str | None = None
    postgres: str | None = None
    s3: str | None = None
    s3_access_key: str | None = None
    s3_secret_key: str | None = None
    s3_bucket: str | None = None
    organization: str | None = None
    api_token: str | None = None
    administrator: Mapping[str, str] | None = field(default=None)

    def write(self, path: Path) -> None:
        """Write the file in one step, readable by its owner only; does nothing when it says the same already."""
        text = json.dumps({name: value for name, value in asdict(self).items() if value is not None}, indent=2) + "\n"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            write_private(path, text)


def read_endpoints(path: Path) -> dict[str, Any] | None:
    """What the file says, None when there is no file."""
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return found
