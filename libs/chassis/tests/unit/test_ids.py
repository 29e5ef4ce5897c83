"""Identifiers are UUIDv7, sort as they were made, and repeat in tests only."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haveri_chassis.ids import SequentialIds, SystemIds


def test_the_systems_ids_are_unique_and_sort_in_the_order_they_were_made():
    ids = SystemIds()
    made = [ids.new() for _ in range(1000)]
    assert made == sorted(set(made))
    assert {(one.version, one.variant) for one in made} == {(7, uuid.RFC_4122)}
    assert {type(one) for one in made} == {uuid.UUID}
    age = datetime.now(UTC).timestamp() - (made[0].int >> 80) / 1000
    assert -1 < age < 60


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
