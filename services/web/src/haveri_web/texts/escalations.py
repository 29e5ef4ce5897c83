"""Escalations and their notifications: English, Finnish, German."""

ESCALATIONS: dict[str, tuple[str, str, str]] = {}
