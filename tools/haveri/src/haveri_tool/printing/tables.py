"""Tables on the terminal and in pipes."""

from __future__ import annotations

from rich.console import Console

_NARROWEST = 120


def console() -> Console:
    """Standard output; into a pipe, lines are not cut at 80 columns."""
    made = Console(highlight=False, markup=False)
    return made if made.is_terminal else Console(highlight=False, markup=False, width=max(made.width, _NARROWEST))
