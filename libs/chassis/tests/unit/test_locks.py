"""One at a time for each key, different keys beside each other, and nothing kept of keys that nobody uses."""

from __future__ import annotations

import gc

from haveri_chassis.locks import KeyedLock


async def test_who_holds_a_key_keeps_others_from_that_key_only() -> None:
    locks = KeyedLock[str]()
    async with locks.of("INC-1"):
        assert locks.of("INC-1").locked()
        assert not locks.of("INC-2").locked()
    assert not locks.of("INC-1").locked()


async def test_keys_that_nobody_uses_take_no_memory() -> None:
    locks = KeyedLock[int]()
    for key in range(100):
        async with locks.of(key):
            pass
    gc.collect()
    assert len(locks._locks) <= 1
