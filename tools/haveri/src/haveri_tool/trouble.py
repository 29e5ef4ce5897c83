"""What can go wrong with a command although nobody made a mistake in this program."""

from __future__ import annotations


class Trouble(Exception):
    """Its text is one sentence for the person at the terminal, and says what to do where it can."""
