"""Photos and files of an incident, found through its timeline and read from the object store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol
from uuid import UUID

from pydantic import ValidationError

from haveri_contracts.chat.events import FileShared
from haveri_contracts.plain import EntryType
from haveri_contracts.timeline.queries import ListTimeline, TimelinePage
from haveri_contracts.types import Page
from haveri_web.bus.ports import Queries
from haveri_web.domain.refusals import FilesNotSetUp, FileUnknown
from haveri_web.security.callers import Caller


class Blobs(Protocol):
    """Reads objects."""

    def stream(self, key: str) -> AsyncIterator[bytes]:
        """The bytes of an object, piece by piece."""


class Files:
    """Files of incidents."""

    def __init__(self, queries: Queries, blobs: Blobs | None) -> None:
        self._queries = queries
        self._blobs = blobs

    async def find(self, caller: Caller, incident_id: UUID, file_id: UUID) -> FileShared:
        """What the timeline knows of a file. Raises FileUnknown."""
        cursor = None
        while True:
            query = ListTimeline(
                incident_id=incident_id, types=[EntryType.ATTACHMENT], page=Page(limit=1000, cursor=cursor)
            )
            page: TimelinePage = await self._queries.ask(query, organization=caller.organization, actor=caller.actor)
            for entry in page.items:
                if entry.payload.get("file_id") == str(file_id):
                    return _own(entry.payload, caller.organization)
            cursor = page.next_cursor
            if cursor is None:
                raise FileUnknown(f"This incident has no file {file_id}.")

    def read(self, file: FileShared) -> AsyncIterator[bytes]:
        """The file's bytes. Raises FilesNotSetUp."""
        if self._blobs is None:
            raise FilesNotSetUp("No object store is set up for this house.")
        return self._blobs.stream(file.key)


def _own(payload: dict[str, object], organization: str) -> FileShared:
    """The file, if its key lies in the caller's organisation: what chat sent is not believed."""
    try:
        file = FileShared.model_validate(payload)
    except ValidationError as error:
        raise FileUnknown(f"The record of this file cannot be read ({error.error_count()} faults).") from None
    if not file.key.startswith(f"{organization}/"):
        raise FileUnknown("This file is not kept in your organisation's place.")
    return file
