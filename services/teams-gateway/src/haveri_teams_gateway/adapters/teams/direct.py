"""People's own chats with the bot: opened once, remembered, and written into before everything else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from haveri_chat.delivery import Delivery
from haveri_chat.delivery.pacing import Urgency
from haveri_chat.ports import PlatformRefused, Posted
from haveri_chat.requests import Person
from haveri_contracts.escalation.reasons import Reason, ReasonCode
from haveri_teams_gateway.adapters.teams.connector import Connector
from haveri_teams_gateway.domain.tenant import Tenant
from haveri_teams_gateway.store.chats import Chats

Json = dict[str, Any]
Draw = Callable[[], Awaitable[Json | None]]


class DirectChats:
    """One organisation's. Raises PlatformUnavailable or PlatformRefused."""

    def __init__(
        self, tenant: Tenant, service_url: str, connector: Connector, delivery: Delivery, chats: Chats
    ) -> None:
        self._tenant = tenant
        self._url = service_url
        self._connector = connector
        self._delivery = delivery
        self._chats = chats

    async def call(self, person: Person, draw: Draw, about: str) -> Posted | None:
        """Send what is drawn when its turn has come; None when nothing was."""
        return await self._send(person, draw, Urgency.CALL, about)

    async def notify(self, person: Person, activity: Json) -> None:
        """Write to somebody in their own chat."""

        async def draw() -> Json:
            return activity

        await self._send(person, draw, Urgency.SOON)

    async def known(self, user_id: str) -> str | None:
        """The chat with somebody, when it was ever opened."""
        return await self._chats.find(user_id)

    async def _send(self, person: Person, draw: Draw, urgency: Urgency, about: str | None = None) -> Posted | None:
        try:
            known = await self._chats.find(person.user_id or "")
            if known is not None:
                try:
                    return await self._write(known, draw, urgency, about)
                except PlatformRefused:
                    # The app may have been taken away and given back since: then the chat is another one.
                    await self._chats.forget(person.user_id or "")
            return await self._write(await self._open(person, urgency), draw, urgency, about)
        except PlatformRefused as error:
            reason = Reason.of(ReasonCode.NOT_WRITABLE, name=person.name, detail=str(error))
            raise PlatformRefused(reason, error.status) from error

    async def _open(self, person: Person, urgency: Urgency) -> str:
        teams_id = person.user_id or ""
        chat = await self._delivery.send(
            f"chat with {teams_id}",
            lambda: self._connector.open_chat(self._url, self._tenant.tenant_id, teams_id),
            urgency=urgency,
            repeatable=True,
        )
        await self._chats.learn(teams_id, chat)
        return chat

    async def _write(self, chat: str, draw: Draw, urgency: Urgency, about: str | None = None) -> Posted | None:
        async def write() -> Posted | None:
            activity = await draw()
            if activity is None:
                return None
            return Posted(chat, await self._connector.send(self._url, chat, activity))

        return await self._delivery.send(chat, write, urgency=urgency, about=about)
