"""The environment of the timeline service."""

from __future__ import annotations

from haveri_chassis.settings import ServiceSettings


class TimelineSettings(ServiceSettings):
    """Database and bus are all it needs."""
