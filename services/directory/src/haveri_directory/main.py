"""The directory service: the only place where its objects are chosen."""

from __future__ import annotations

from haveri_chassis.bus import Bus
from haveri_chassis.clock import SystemClock
from haveri_chassis.database import Database
from haveri_chassis.health import health_app
from haveri_chassis.ids import SystemIds
from haveri_chassis.outbox import OutboxRelay
from haveri_chassis.service import App, run
from haveri_directory.adapters.directory_store import DirectoryStore
from haveri_directory.adapters.reads import DirectoryReads
from haveri_directory.adapters.schedule_reads import ScheduleReads
from haveri_directory.entrypoints.bus import attach
from haveri_directory.settings import DirectorySettings

NAME = "directory"


def create_app(settings: DirectorySettings) -> App:
    """The service as one object that starts, says whether it is ready, and stops."""
    clock, ids = SystemClock(), SystemIds()
    database = Database(settings.database_url.get_secret_value(), schema=NAME)
    bus = Bus(settings.nats_url.get_secret_value(), service=NAME, clock=clock, ids=ids)
    attach(
        bus,
        database,
        DirectoryStore(database, bus.sender, clock),
        DirectoryReads(database),
        ScheduleReads(database, clock),
        ids,
    )
    return App(NAME, settings, health_app(NAME), [database, bus, OutboxRelay(database, bus)])


def main() -> None:
    """Run the service until it is told to stop."""
    run(create_app, DirectorySettings)


if __name__ == "__main__":
    main()
