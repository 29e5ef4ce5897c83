"""The environment of the directory service."""

from __future__ import annotations

from haveri_chassis.settings import ServiceSettings


class DirectorySettings(ServiceSettings):
    """Database and bus are all it needs."""
