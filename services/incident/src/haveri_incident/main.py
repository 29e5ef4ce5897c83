"""The incident service: the only place where its objects are chosen."""

from __future__ import annotations

from haveri_chassis.bus import Bus, QueryClient
from haveri_chassis.clock import SystemClock
from haveri_chassis.database import Database
from haveri_chassis.health import health_app
from haveri_chassis.ids import SystemIds
from haveri_chassis.outbox import OutboxRelay
from haveri_chassis.service import App, run
from haveri_directory_copy.copies import DirectoryCopies
from haveri_incident.adapters.event_store import EventStore
from haveri_incident.adapters.reads import IncidentReads
from haveri_incident.entrypoints.bus import attach
from haveri_incident.settings import IncidentSettings

NAME = "incident"


def create_app(settings: IncidentSettings) -> App:
    """The service as one object that starts, says whether it is ready, and stops."""
    clock, ids = SystemClock(), SystemIds()
    database = Database(settings.database_url.get_secret_value(), schema=NAME)
    bus = Bus(settings.nats_url.get_secret_value(), service=NAME, clock=clock, ids=ids)
    directories = DirectoryCopies(bus, QueryClient(bus), clock, actor="system:incident")
    attach(bus, database, EventStore(database, ids), IncidentReads(database), directories, clock)
    return App(NAME, settings, health_app(NAME), [database, bus, OutboxRelay(database, bus)])


def main() -> None:
    """Run the service until it is told to stop."""
    run(create_app, IncidentSettings)


if __name__ == "__main__":
    main()
