"""Doors of the escalation service: they translate and delegate."""
