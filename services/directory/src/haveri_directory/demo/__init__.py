"""The demo plant and a second, small organisation: as documents that the import takes, and as chat tenants."""

from __future__ import annotations

from haveri_directory.demo.plants import BOREALIS, DEMO, founding_command, plant_document
from haveri_directory.demo.tenants import TenantChannel, TenantSeed, TenantTeam, TenantUser, teams_tenant

__all__ = [
    "BOREALIS",
    "DEMO",
    "TenantChannel",
    "TenantSeed",
    "TenantTeam",
    "TenantUser",
    "founding_command",
    "plant_document",
    "teams_tenant",
]
