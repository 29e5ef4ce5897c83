"""Files that people share in an incident's channel are fetched, kept and published."""

from __future__ import annotations

import mimetypes
import re
from dataclasses import replace

from haveri_chassis.logs import get_logger
from haveri_chassis.messages import Sender
from haveri_chassis.objects import ObjectStore
from haveri_chat import answers
from haveri_chat.calls.reasons import in_words
from haveri_chat.ports import PlatformRefused, PlatformUnavailable
from haveri_chat.requests import Person
from haveri_contracts.chat.events import Author, FileShared
from haveri_contracts.directory.models import ENGLISH
from haveri_contracts.envelope import Envelope
from haveri_contracts.escalation.reasons import Reason, ReasonCode
from haveri_contracts.types import member_actor
from haveri_teams_gateway.application.capture_message import PLATFORM, STRANGER
from haveri_teams_gateway.application.metrics import FILES
from haveri_teams_gateway.application.neighbours import GATEWAY
from haveri_teams_gateway.application.ports import FileSourceReader, NotTaken, PlantOf, PlatformOf
from haveri_teams_gateway.application.report_refusals import failure
from haveri_teams_gateway.application.worker import Ended, Kind, Retry
from haveri_teams_gateway.domain.activities import FileSource
from haveri_teams_gateway.domain.sameness import DerivedIds
from haveri_teams_gateway.domain.tenant import Tenant
from haveri_teams_gateway.store.files import FILE, Files, NewFile
from haveri_teams_gateway.store.jobs import Job
from haveri_teams_gateway.store.tenants import Tenants

RETRY = Retry(first=4.0, longest=600.0, most=100)
AT_ONCE = 8
_NOT_IN_KEYS = re.compile(r"[^\w.()+-]+")

log = get_logger(__name__)


class FetchFiles:
    """Takes one file as far as it goes."""

    def __init__(
        self,
        tenants: Tenants,
        source: FileSourceReader,
        objects: ObjectStore,
        files: Files,
        plant_of: PlantOf,
        platform_of: PlatformOf,
        sender: Sender,
        app_id: str,
    ) -> None:
        self._tenants = tenants
        self._source = source
        self._objects = objects
        self._files = files
        self._plant_of = plant_of
        self._platform_of = platform_of
        self._sender = sender
        self._app_id = app_id

    @property
    def kind(self) -> Kind:
        """The job of fetching a file; a few at a time, for files are large and nobody waits for them."""
        return Kind(FILE, self.do, RETRY, self.give_up, AT_ONCE)

    async def do(self, job: Job) -> Ended:
        """Fetch, keep, publish; a file that will never be had is published as such. Raises what makes it wait."""
        tenant = await self._tenants.connected(job.organization)
        file = await self._files.find(job.organization, job.id)
        if file is None:
            return Ended()
        try:
            if file.source == FileSource.CHANNEL and not file.url:
                await self._files.done(job.organization, file.id, found=await self._look(tenant, file))
            else:
                await self._files.done(job.organization, file.id, [await self._keep(tenant, file)])
                FILES.labels("kept").inc()
        except (PlatformRefused, NotTaken) as error:
            await self._fail(tenant, file, error.reason)
        return Ended()

    async def give_up(self, job: Job, error: Exception) -> Ended:
        """It was tried for too long."""
        file = await self._files.find(job.organization, job.id)
        if file is not None:
            reason = Reason.of(ReasonCode.PROVIDER_AWAY, detail=str(error))
            await self._fail(await self._tenants.connected(job.organization), file, reason)
        return Ended()

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

    async def _fail(self, tenant: Tenant, file: NewFile, reason: Reason) -> None:
        """A file that is not kept is on the timeline as such, and its sender is notified."""
        what = f"file {file.name}".strip()
        event = failure(file.channel, file.message_id, file.incident_id, what, reason, self._sender, self._app_id)
        envelope = self._sender.event(
            event,
            organization=tenant.organization,
            actor=GATEWAY,
            cause=None,
            id=DerivedIds(file.id, "failure").new(),
        )
        await self._files.failed(tenant.organization, file.id, [envelope])
        FILES.labels("failed").inc()
        author = Author.model_validate(file.author)
        plant = await self._plant_of(tenant.organization)
        member = plant.members.get(author.member_id) if author.member_id else None
        locale = member.locale if member else ENGLISH
        text = answers.failed(locale, f"{what}: {in_words(reason, plant, locale)}")
        person = Person(author.display_name, author.platform_user_id)
        try:
            await self._platform_of(tenant).send_privately(person, file.channel, text)
        except (PlatformRefused, PlatformUnavailable) as error:
            log.warning("a file's sender could not be notified", organization=tenant.organization, reason=str(error))
