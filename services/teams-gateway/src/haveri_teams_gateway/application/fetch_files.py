"""Files that people share in an incident's channel are fetched, kept and told of."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from haveri_chassis.clock import Clock
from haveri_chassis.logs import get_logger
from haveri_chassis.messages import Sender
from haveri_chassis.objects import ObjectStoreUnavailable
from haveri_chat import answers
from haveri_chat.ports import PlatformRefused, PlatformUnavailable
from haveri_chat.requests import Person
from haveri_contracts.chat.events import Author, FileShared
from haveri_contracts.directory.models import Locale
from haveri_contracts.envelope import Envelope
from haveri_contracts.types import member_actor
from haveri_teams_gateway.application.capture_message import PLATFORM, STRANGER
from haveri_teams_gateway.application.captured import NewFile
from haveri_teams_gateway.application.metrics import FILES
from haveri_teams_gateway.application.ports import GATEWAY, Plants, Platforms
from haveri_teams_gateway.application.tell_refusals import failure
from haveri_teams_gateway.domain.activities import FileSource
from haveri_teams_gateway.domain.sameness import DerivedIds
from haveri_teams_gateway.domain.tenant import Tenant

FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=10)
MOST_ATTEMPTS = 100
_NOT_IN_KEYS = re.compile(r"[^\w.()+-]+")

log = get_logger(__name__)


class NotTaken(Exception):
    """The file will not be taken, now or later; `reason` is for the timeline."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file's bytes and what they are; `name` as far as the source knows one."""

    content: bytes
    content_type: str
    sha256: str


class FileSourceReader(Protocol):
    """Gets at files in Teams. Raises PlatformUnavailable, PlatformRefused or NotTaken."""

    async def attached(self, tenant: Tenant, file: NewFile) -> list[tuple[str, str]]:
        """Name and web address of each file attached to a channel's message."""
        ...

    async def fetch(self, tenant: Tenant, file: NewFile) -> Fetched:
        """The bytes."""
        ...


class Objects(Protocol):
    """The object store."""

    async def put(self, key: str, body: bytes, content_type: str) -> None:
        """Keep an object; raises ObjectStoreUnavailable."""
        ...


class FileEnds(Protocol):
    """Where it is recorded what became of a file, with the news of it."""

    async def done(
        self, organization: str, file: UUID, envelopes: Sequence[Envelope] = (), found: Sequence[NewFile] = ()
    ) -> None:
        """It is kept, or its message was looked into and holds `found`."""
        ...

    async def failed(self, organization: str, file: UUID, envelopes: Sequence[Envelope]) -> None:
        """It will not be taken."""
        ...

    async def later(self, organization: str, file: UUID, due_at: datetime) -> None:
        """Again at `due_at`."""
        ...


class FetchFiles:
    """Takes one file as far as it goes."""

    def __init__(
        self,
        source: FileSourceReader,
        objects: Objects,
        ends: FileEnds,
        plants: Plants,
        platforms: Platforms,
        sender: Sender,
        clock: Clock,
        app_id: str,
    ) -> None:
        self._source = source
        self._objects = objects
        self._ends = ends
        self._plants = plants
        self._platforms = platforms
        self._sender = sender
        self._clock = clock
        self._app_id = app_id

    async def take(self, tenant: Tenant, file: NewFile, attempts: int) -> None:
        """Fetch, keep, tell; a file that cannot be had is told of too. Raises what the database raises."""
        organization = tenant.organization
        try:
            if file.source == FileSource.CHANNEL and not file.url:
                await self._ends.done(organization, file.id, found=await self._look(tenant, file))
                return
            envelope = await self._keep(tenant, file)
        except (PlatformUnavailable, ObjectStoreUnavailable) as error:
            if attempts < MOST_ATTEMPTS:
                wait = min(LONGEST_WAIT, FIRST_WAIT * (2 ** min(attempts, 10)))
                log.warning("a file is put off", organization=organization, why=type(error).__name__)
                await self._ends.later(organization, file.id, self._clock.now() + wait)
                return
            await self._fail(tenant, file, str(error))
        except (PlatformRefused, NotTaken) as error:
            await self._fail(tenant, file, error.reason)
        else:
            await self._ends.done(organization, file.id, [envelope])
            FILES.labels("kept").inc()

    async def _look(self, tenant: Tenant, file: NewFile) -> list[NewFile]:
        ids = DerivedIds(file.id, "attached")
        return [
            replace(file, id=ids.new(), url=address, name=name)
            for name, address in await self._source.attached(tenant, file)
        ]

    async def _keep(self, tenant: Tenant, file: NewFile) -> Envelope:
        fetched = await self._source.fetch(tenant, file)
        content_type = file.content_type or fetched.content_type
        name = (file.name or f"image-{file.message_id}{mimetypes.guess_extension(content_type) or ''}").strip()[:200]
        safe_name = _NOT_IN_KEYS.sub("_", name).strip(".") or "file"
        key = f"{tenant.organization}/incidents/{file.incident_id}/{file.id}/{safe_name}"
        await self._objects.put(key, fetched.content, content_type)
        author = Author.model_validate(file.author)
        shared = FileShared(
            incident_id=file.incident_id,
            platform=PLATFORM,
            channel_ref=file.channel,
            message_ref=file.message_id,
            author=author,
            file_id=file.id,
            file_name=name or "file",
            content_type=content_type[:200],
            size_bytes=len(fetched.content),
            sha256=fetched.sha256,
            key=key,
            shared_at=file.shared_at,
        )
        return self._sender.event(
            shared,
            organization=tenant.organization,
            actor=member_actor(author.member_id) if author.member_id else STRANGER,
            cause=None,
            time=file.shared_at,
            id=DerivedIds(file.id, "event").new(),
        )

    async def _fail(self, tenant: Tenant, file: NewFile, reason: str) -> None:
        """A file that is not kept is on the timeline as such, and its sender is told."""
        what = f"file {file.name}".strip()
        event = failure(file.channel, file.message_id, file.incident_id, what, reason, self._sender, self._app_id)
        envelope = self._sender.event(
            event,
            organization=tenant.organization,
            actor=GATEWAY,
            cause=None,
            id=DerivedIds(file.id, "failure").new(),
        )
        await self._ends.failed(tenant.organization, file.id, [envelope])
        FILES.labels("failed").inc()
        author = Author.model_validate(file.author)
        plant = await self._plants.get(tenant.organization)
        member = plant.member.get(author.member_id) if author.member_id else None
        text = answers.failed(member.locale if member else Locale.ENGLISH, f"{what}: {reason}")
        person = Person(author.display_name, author.platform_user_id)
        try:
            await self._platforms.of(tenant).tell_privately(person, file.channel, text)
        except (PlatformRefused, PlatformUnavailable) as error:
            log.warning("a file's sender could not be told", organization=tenant.organization, reason=error.reason)
