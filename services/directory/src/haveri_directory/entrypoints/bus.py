"""From the bus to the use cases."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from haveri_chassis.bus import Bus, Received
from haveri_chassis.database import Database
from haveri_chassis.ids import Ids
from haveri_contracts.directory import commands, queries
from haveri_contracts.envelope import Envelope
from haveri_contracts.message import Command
from haveri_contracts.streams import DIRECTORY_COMMANDS
from haveri_directory.adapters.directory_store import DirectoryStore
from haveri_directory.adapters.reads import LISTS, DirectoryReads
from haveri_directory.adapters.schedule_reads import ScheduleReads
from haveri_directory.application.change_chat_settings import change_chat_settings
from haveri_directory.application.change_holidays import change_holidays
from haveri_directory.application.create_organization import create_organization
from haveri_directory.application.import_plant import import_plant, read_document
from haveri_directory.application.import_shifts import import_shifts
from haveri_directory.application.places import put_area, put_asset, put_facility
from haveri_directory.application.put_member import put_member
from haveri_directory.application.put_team import put_team
from haveri_directory.application.remove import remove
from haveri_directory.application.rotations import put_rotation, remove_rotation
from haveri_directory.application.shift_changes import accept_shift_change, cancel_shift_change, put_shift_change
from haveri_directory.store.unit_of_work import UnitOfWork

Handler = Callable[[Received[Any]], Awaitable[dict[str, Any] | None]]

CHANGES: dict[type[Command], Callable[[UnitOfWork, str, Any], Awaitable[dict[str, Any]]]] = {
    commands.CreateOrganization: create_organization,
    commands.PutFacility: put_facility,
    commands.PutArea: put_area,
    commands.PutAsset: put_asset,
    commands.PutTeam: put_team,
    commands.PutMember: put_member,
    commands.Remove: remove,
    commands.ChangeChatSettings: change_chat_settings,
    commands.PutRotation: put_rotation,
    commands.RemoveRotation: remove_rotation,
    commands.PutShiftChange: put_shift_change,
    commands.AcceptShiftChange: accept_shift_change,
    commands.CancelShiftChange: cancel_shift_change,
    commands.ChangeHolidays: change_holidays,
    commands.ImportShifts: import_shifts,
}


def command_handlers(store: DirectoryStore, ids: Ids) -> dict[type[Command], Handler]:
    """What carries out each command."""

    def changing(use_case: Callable[[UnitOfWork, str, Any], Awaitable[dict[str, Any]]]) -> Handler:
        async def handle(received: Received[Any]) -> dict[str, Any]:
            async def work(work: UnitOfWork) -> dict[str, Any]:
                return await use_case(work, received.actor, received.message)

            return await store.carry_out(received.envelope, work)

        return handle

    async def import_whole(received: Received[commands.ImportPlant]) -> dict[str, Any]:
        document = await read_document(received.message)

        async def work(work: UnitOfWork) -> dict[str, Any]:
            return await import_plant(work, received.actor, document, ids)

        return await store.carry_out(received.envelope, work)

    return {
        commands.ImportPlant: import_whole,
        **{command: changing(use_case) for command, use_case in CHANGES.items()},
    }


def attach(
    bus: Bus,
    database: Database,
    store: DirectoryStore,
    reads: DirectoryReads,
    schedules: ScheduleReads,
    ids: Ids,
) -> None:
    """Subscribe everything the directory service listens to."""
    bus.on_command(DIRECTORY_COMMANDS, database, command_handlers(store, ids))

    def asking(read: Callable[[str, Any], Awaitable[Any]]) -> Callable[[Any, Envelope], Awaitable[Any]]:
        async def answer(query: Any, envelope: Envelope) -> Any:
            return await read(envelope.organization, query)

        return answer

    bus.on_query(queries.GetOrganization, asking(reads.organization))
    bus.on_query(queries.GetChatSettings, asking(reads.chat_settings))
    for one in queries.GetOne.__subclasses__():
        bus.on_query(one, asking(reads.one))
    for several in LISTS:
        bus.on_query(several, asking(reads.listed))
    bus.on_query(queries.GetOnShift, asking(schedules.on_shift))
    bus.on_query(queries.ListShiftChanges, asking(schedules.shift_changes))
    bus.on_query(queries.ListHolidays, asking(schedules.holidays))
    bus.on_query(queries.GetSchedule, asking(schedules.schedule))
    bus.on_query(queries.ExportShifts, asking(schedules.export))
