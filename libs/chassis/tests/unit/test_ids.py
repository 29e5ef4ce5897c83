"""Identifiers are UUIDv7 and sort as they were made."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from haveri_chassis.ids import SystemIds


def test_the_systems_ids_are_unique_and_sort_in_the_order_they_were_made():
    ids = SystemIds()
    made = [ids.new() for _ in range(1000)]
    assert made == sorted(set(made))
    assert {(one.version, one.variant) for one in made} == {(7, uuid.RFC_4122)}
    assert {type(one) for one in made} == {uuid.UUID}
    age = datetime.now(UTC).timestamp() - (made[0].int >> 80) / 1000
    assert -1 < age < 60
