"""Haveri's append-only, hash-chained log of everything about an incident."""
