"""Doors of the incident service: they translate and delegate."""
