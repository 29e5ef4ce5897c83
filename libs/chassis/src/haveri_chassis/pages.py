"""Lists in pages: where the next one begins, and how much of one fits into an answer."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable

from haveri_contracts.plain import Refusal

_PAGE_BYTES = 1_000_000
"""Below NATS's default limit of 1 MiB for a message, with room for headers and what stands around the items."""

_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
"""What PostgreSQL's integer holds without looking closer."""


class CursorUnreadable(Refusal):
    """The cursor was not given by a page of this list."""

    type = "cursor-unreadable"
    title = "The cursor does not belong to this list."

    def __init__(self) -> None:
        super().__init__("Take the cursor from next_cursor of the page before.")


def cursor_of(place: str | int) -> str:
    """The cursor that stands for a place in a list."""
    return base64.urlsafe_b64encode(str(place).encode()).decode().rstrip("=")


def place_in(cursor: str) -> str:
    """The place that a cursor stands for; raises CursorUnreadable for what is no cursor at all."""
    try:
        return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (ValueError, binascii.Error):
        raise CursorUnreadable from None


def number_in(cursor: str) -> int:
    """The number, from 1, that a cursor stands for; raises CursorUnreadable."""
    place = place_in(cursor)
    if _NUMBER.fullmatch(place) is None:
        raise CursorUnreadable
    return int(place)


def that_fit(sizes: Iterable[int]) -> int:
    """How many of a page's items, given their sizes as JSON, fit into one answer: from the first on, and at least it.

    A page that ends early is a page still: its `next_cursor` names the rest.
    """
    count = total = 0
    for size in sizes:
        total += size + 1
        if count and total > _PAGE_BYTES:
            break
        count += 1
    return count
