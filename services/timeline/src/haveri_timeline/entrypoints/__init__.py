"""Doors of the timeline service: they translate and delegate."""
