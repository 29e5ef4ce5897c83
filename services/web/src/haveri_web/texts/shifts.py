"""Shifts, rotations, changes and holidays: English, Finnish, German."""

SHIFTS: dict[str, tuple[str, str, str]] = {}
