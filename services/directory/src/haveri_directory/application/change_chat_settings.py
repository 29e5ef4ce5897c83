"""Say where the organisation's chat happens."""

from __future__ import annotations

from typing import Any

from haveri_contracts.directory.commands import ChangeChatSettings
from haveri_contracts.directory.events import ChatSettingsChanged
from haveri_contracts.plain import Role
from haveri_directory.application.authorization import check_actor
from haveri_directory.store.unit_of_work import UnitOfWork


async def change_chat_settings(work: UnitOfWork, actor: str, command: ChangeChatSettings) -> dict[str, Any]:
    """For administrators; a tenant belongs to one organisation. Raises a Refusal."""
    await check_actor(work, actor, Role.ADMINISTRATOR)
    if await work.chat_settings() != command.settings:
        await work.store_chat_settings(command.settings)
        work.publish(ChatSettingsChanged(settings=command.settings))
    return {"settings": command.settings.model_dump(mode="json")}
