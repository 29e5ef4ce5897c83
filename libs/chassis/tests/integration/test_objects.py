"""Files in a real S3 server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest

from haveri_chassis.objects import ObjectNotFound, ObjectRefused, ObjectStore, ObjectStoreUnavailable
from haveri_devservers import S3Endpoint, free_port


@pytest.fixture
async def store(s3_server: S3Endpoint) -> AsyncIterator[ObjectStore]:
    """A bucket on the session's server."""
    store = ObjectStore(s3_server.url, s3_server.access_key, s3_server.secret_key, "chassis-tests")
    await store.ensure_bucket()
    yield store
    await store.close()


@pytest.fixture
def folder(fresh_organization: Callable[[], str]) -> str:
    """Where this test's keys begin."""
    return fresh_organization()


async def test_a_file_comes_back_as_it_was_stored(store: ObjectStore, folder: str) -> None:
    """Whole and in pieces, even when its name holds anything people type."""
    body, key = bytes(range(256)) * 4000, f"{folder}/photos/Füller 2 – été.jpg"

    await store.put(key, body, "image/jpeg")

    assert await store.exists(key)
    assert await store.get(key) == body
    pieces = [piece async for piece in store.stream(key)]
    assert b"".join(pieces) == body
    assert len(pieces) > 1


async def test_an_empty_file_is_a_file(store: ObjectStore, folder: str) -> None:
    """Of no bytes."""
    await store.put(f"{folder}/empty", b"")

    assert await store.get(f"{folder}/empty") == b""


async def test_a_missing_file_is_named(store: ObjectStore, folder: str) -> None:
    """And is not an outage."""
    assert not await store.exists(f"{folder}/nothing")
    with pytest.raises(ObjectNotFound):
        await store.get(f"{folder}/nothing")
    with pytest.raises(ObjectNotFound):
        [piece async for piece in store.stream(f"{folder}/nothing")]


@pytest.mark.parametrize(
    "key", ["", "photo.jpg", "/demo/x", "Demo/x", "demo/", "demo/../other/x", "demo//x", "demo/./x"]
)
async def test_a_key_outside_an_organisation_is_refused(store: ObjectStore, key: str) -> None:
    """Before it leaves the process."""
    with pytest.raises(ObjectRefused):
        await store.put(key, b"x")
    with pytest.raises(ObjectRefused):
        await store.get(key)


async def test_the_bucket_is_made_once(s3_server: S3Endpoint) -> None:
    """Repeating it is fine."""
    store = ObjectStore(s3_server.url, s3_server.access_key, s3_server.secret_key, "made-once")

    assert await store.ensure_bucket()
    assert not await store.ensure_bucket()
    await store.close()


async def test_wrong_keys_are_refused_without_being_shown(s3_server: S3Endpoint) -> None:
    """Trying again would not help."""
    store = ObjectStore(s3_server.url, s3_server.access_key, "wrong-secret-key", "chassis-tests")

    with pytest.raises(ObjectRefused) as refusal:
        await store.put("demo/x", b"x")

    assert "wrong-secret-key" not in str(refusal.value)
    await store.close()


async def test_a_store_that_is_away_is_said_to_be(s3_server: S3Endpoint) -> None:
    """Trying again may help."""
    store = ObjectStore(f"http://127.0.0.1:{free_port()}", "key", "secret-key", "chassis-tests")

    with pytest.raises(ObjectStoreUnavailable):
        await store.get("demo/x")
    await store.close()
