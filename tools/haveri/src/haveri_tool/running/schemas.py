"""Which services own something in PostgreSQL."""

from __future__ import annotations

PACKAGES = {
    "directory": "haveri_directory",
    "incident": "haveri_incident",
    "escalation": "haveri_escalation",
    "timeline": "haveri_timeline",
    "teams_gateway": "haveri_teams_gateway",
    "web": "haveri_web",
}
"""The packages with the migrations, by the service's name, which is its schema too."""


def role_of(service: str) -> str:
    """A service's login, as the chassis' migrations name it; importing those costs half a second."""
    return f"haveri_{service}"
