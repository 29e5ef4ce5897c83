"""Lists come page by page, and every page fits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haveri_chassis.pages import CursorUnreadable, cursor_of, number_in, place_in, that_fit


@given(number=st.integers(1, 999_999_999))
def test_a_cursor_leads_back_to_its_place(number: int) -> None:
    """And needs no escaping in an address."""
    assert number_in(cursor_of(number)) == number
    assert cursor_of(number).isalnum()


@given(place=st.text())
def test_any_place_can_be_named(place: str) -> None:
    """A list may be ordered by what people write."""
    assert place_in(cursor_of(place)) == place


@given(cursor=st.text(max_size=500))
def test_whatever_else_comes_as_a_cursor_is_refused_by_name(cursor: str) -> None:
    """Never with a fault of the database's."""
    try:
        number = number_in(cursor)
    except CursorUnreadable:
        return
    assert 0 < number < 2**31


@pytest.mark.parametrize("place", ["0", "-1", "1000000000", "9" * 300, "1\n", "1.0", "٣", "x", ""])
def test_a_number_that_no_page_gives_is_refused(place: str) -> None:
    """Neither too small, too large, nor written otherwise."""
    with pytest.raises(CursorUnreadable):
        number_in(cursor_of(place))


@given(sizes=st.lists(st.integers(0, 600_000), max_size=20))
def test_a_page_is_as_long_as_it_may_be_and_never_empty(sizes: list[int]) -> None:
    """One item alone is always given, or a list would never end."""
    count = that_fit(sizes)

    assert count >= min(1, len(sizes))
    assert count <= 1 or sum(sizes[:count]) + count <= 1_000_000
    assert count == len(sizes) or sum(sizes[: count + 1]) + count + 1 > 1_000_000
