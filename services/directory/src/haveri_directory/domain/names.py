"""When two names are the same to a person."""

from __future__ import annotations

import unicodedata


def name_key(name: str) -> str:
    """What a name is compared and ordered by: case, kind of space and way of writing accents do not count."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return " ".join(folded.split())
