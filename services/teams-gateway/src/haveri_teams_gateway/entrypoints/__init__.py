"""Doors of the gateway: they translate and delegate."""
