"""What somebody may have meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_MOST_COMPARISONS = 300_000


class Nearest:
    """Suggests the nearest of some names, as long as that stays quick.

    A document of ten thousand mistakes is not worth a minute of comparing: after a fixed number of comparisons the
    suggestions stop, the findings do not.
    """

    def __init__(self) -> None:
        self._left = _MOST_COMPARISONS

    def to(self, said: str, known: Iterable[str]) -> str:
        """` Did you mean 'X'?`, or nothing."""
        by_key = {name.casefold(): name for name in known}
        self._left -= len(by_key)
        if self._left < 0:
            return ""
        found = get_close_matches(said[:200].casefold(), by_key, n=1, cutoff=0.7)
        return f" Did you mean {by_key[found[0]]!r}?" if found else ""
