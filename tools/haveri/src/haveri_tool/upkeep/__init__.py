"""Bringing a house into the shape that its services expect, and keeping it there."""
