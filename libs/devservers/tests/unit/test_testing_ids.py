"""The ids of tests are UUIDv7, sort as they were made, and repeat."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haveri_devservers.testing.ids import SequentialIds


@given(st.integers(0, 2**32 - 1))
def test_a_test_gets_the_same_increasing_ids_for_the_same_seed(seed):
    first, again = SequentialIds(seed), SequentialIds(seed)
    made = [first.new() for _ in range(50)]
    assert made == [again.new() for _ in range(50)]
    assert made == sorted(set(made))
    assert {(one.version, one.variant) for one in made} == {(7, uuid.RFC_4122)}


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_two_seeds_never_meet(one, other):
    if one != other:
        left, right = SequentialIds(one), SequentialIds(other)
        assert not {left.new() for _ in range(20)} & {right.new() for _ in range(20)}


def test_a_seed_that_would_spoil_the_version_is_refused():
    with pytest.raises(ValueError, match="seed"):
        SequentialIds(2**32)
