"""Files in an S3 store, through the `minio` client in threads of its own."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

import urllib3
from minio import Minio
from minio.error import InvalidResponseError, MinioException, S3Error, ServerError
from pydantic import TypeAdapter, ValidationError
from pydantic.types import StringConstraints

from haveri_contracts.types import ORGANIZATION_PATTERN

_THREADS = 8
_CONNECT_SECONDS = 3.0
_READ_SECONDS = 30.0
_CHUNK = 256 * 1024
_ORGANIZATION = TypeAdapter(Annotated[str, StringConstraints(pattern=ORGANIZATION_PATTERN)])
_ABSENT = {"NoSuchKey", "NoSuchObject", "NotFound"}
R = TypeVar("R")


class ObjectStoreUnavailable(Exception):
    """The store does not answer, or not properly; trying again may help."""


class ObjectNotFound(Exception):
    """There is no object of that key."""


class ObjectRefused(Exception):
    """The store refuses: wrong keys, missing bucket, or a key that is not allowed. Trying again does not help."""


class ObjectStore:
    """One bucket. Keys start with the organisation: `demo/…`; every other key is refused before it is sent."""

    def __init__(self, endpoint: str, access_key: str, secret_key: str, bucket: str) -> None:
        address = urlsplit(endpoint if "://" in endpoint else f"http://{endpoint}")
        self.bucket = bucket
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="objects")
        self._pool = urllib3.PoolManager(
            maxsize=_THREADS,
            timeout=urllib3.Timeout(connect=_CONNECT_SECONDS, read=_READ_SECONDS),
            retries=urllib3.Retry(total=2, backoff_factor=0.1, status_forcelist=(500, 502, 503, 504)),
        )
        # The region is given, so that no request is spent on asking for it.
        self._client = Minio(
            address.netloc,
            access_key=access_key,
            secret_key=secret_key,
            secure=address.scheme == "https",
            region="us-east-1",
            http_client=self._pool,
        )

    async def put(self, key: str, body: bytes, content_type: str = "application/octet-stream") -> None:
        """Store an object, in place of one that has the key; returns when it is on disk."""
        _check(key)
        await self._run(
            partial(self._client.put_object, self.bucket, key, io.BytesIO(body), len(body), content_type=content_type)
        )

    async def get(self, key: str) -> bytes:
        """A whole object; raises ObjectNotFound. For large ones use `stream`."""
        _check(key)
        return await self._run(partial(self._read, key))

    async def stream(self, key: str) -> AsyncIterator[bytes]:
        """An object in pieces of up to 256 KiB; raises ObjectNotFound before the first."""
        _check(key)
        response = await self._run(partial(self._client.get_object, self.bucket, key))
        try:
            while piece := await self._run(partial(response.read, _CHUNK)):
                yield piece
        finally:
            response.close()
            response.release_conn()

    async def exists(self, key: str) -> bool:
        """Whether there is an object of that key."""
        _check(key)
        try:
            await self._run(partial(self._client.stat_object, self.bucket, key))
        except ObjectNotFound:
            return False
        return True

    async def ensure_bucket(self) -> bool:
        """Make the bucket unless it is there; tells whether it was made."""
        if await self._run(partial(self._client.bucket_exists, self.bucket)):
            return False
        try:
            await self._run(partial(self._client.make_bucket, self.bucket))
        except ObjectRefused:
            # Another replica was faster; or it is truly refused, which asking again now shows.
            if not await self._run(partial(self._client.bucket_exists, self.bucket)):
                raise
            return False
        return True

    async def close(self) -> None:
        """Close the connections and end the threads, without waiting for what still runs."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._pool.clear()

    def _read(self, key: str) -> bytes:
        response = self._client.get_object(self.bucket, key)
        try:
            body: bytes = response.read()
            return body
        finally:
            response.close()
            response.release_conn()

    async def _run(self, call: Callable[[], R]) -> R:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, call)
        except S3Error as error:
            raise _translated(error) from error
        except (ServerError, InvalidResponseError, urllib3.exceptions.HTTPError, OSError) as error:
            raise ObjectStoreUnavailable(f"the object store does not answer: {type(error).__name__}") from error
        except MinioException as error:
            raise ObjectRefused(f"the object store refuses: {type(error).__name__}") from error


def _translated(error: S3Error) -> Exception:
    if error.code in _ABSENT:
        return ObjectNotFound(f"there is no object {error.object_name or ''}".strip())
    if error.code in {"SlowDown", "InternalError", "ServiceUnavailable"}:
        return ObjectStoreUnavailable(f"the object store is busy: {error.code}")
    return ObjectRefused(f"the object store refuses: {error.code}")


def _check(key: str) -> None:
    organization, _, rest = key.partition("/")
    try:
        _ORGANIZATION.validate_python(organization)
    except ValidationError:
        raise ObjectRefused(f"the key {key!r} does not start with an organisation") from None
    if not rest or any(part in {"", ".", ".."} for part in rest.split("/")):
        raise ObjectRefused(f"the key {key!r} is not a plain path")
