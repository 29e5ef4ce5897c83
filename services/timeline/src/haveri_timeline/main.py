"""The timeline service: the only place where its objects are chosen."""

from __future__ import annotations

from haveri_chassis.bus import Bus
from haveri_chassis.clock import SystemClock
from haveri_chassis.database import Database
from haveri_chassis.health import health_app
from haveri_chassis.ids import SystemIds
from haveri_chassis.messages import Sender
from haveri_chassis.service import App, run
from haveri_timeline.adapters.reads import TimelineReads
from haveri_timeline.adapters.timeline_store import TimelineStore
from haveri_timeline.entrypoints.bus import attach
from haveri_timeline.settings import TimelineSettings

NAME = "timeline"


def create_app(settings: TimelineSettings) -> App:
    """The service as one object that starts, says whether it is ready, and stops."""
    clock, ids = SystemClock(), SystemIds()
    database = Database(settings.database_url.get_secret_value(), schema=NAME)
    bus = Bus(settings.nats_url.get_secret_value(), service=NAME, clock=clock, ids=ids)
    attach(bus, TimelineStore(database, clock.now), TimelineReads(database), Sender(NAME, clock, ids))
    return App(NAME, settings, health_app(NAME), [database, bus])


def main() -> None:
    """Run the service until it is told to stop."""
    run(create_app, TimelineSettings)


if __name__ == "__main__":
    main()
