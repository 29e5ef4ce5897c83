"""The environment of the incident service."""

from __future__ import annotations

from haveri_chassis.settings import ServiceSettings


class IncidentSettings(ServiceSettings):
    """Database and bus are all it needs."""
