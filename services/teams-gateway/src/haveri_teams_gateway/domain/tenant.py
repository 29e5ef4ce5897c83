"""An organisation's Microsoft 365 tenant."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tenant:
    """Which tenant an organisation is and where its chat happens.

    `group_id` is the team that gets the incident channels, `global_channel` gets the live summaries, `threads` says
    that incidents are threads there; `service_url` is where the tenant was last heard from.
    """

    organization: str
    tenant_id: str
    group_id: str
    global_channel: str | None = None
    threads: bool = False
    service_url: str | None = None
