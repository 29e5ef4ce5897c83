"""The web: where all its objects are chosen."""

from __future__ import annotations

from functools import partial

from haveri_chassis.bus import Bus, CommandBus, QueryClient
from haveri_chassis.clock import SystemClock
from haveri_chassis.database import Database
from haveri_chassis.ids import SystemIds
from haveri_chassis.objects import ObjectStore
from haveri_chassis.periodic import Periodic
from haveri_chassis.service import App, run
from haveri_directory_copy.copies import DirectoryCopies
from haveri_web.adapters.passwords import Hasher
from haveri_web.app import create_http
from haveri_web.bus.queries import ACTOR
from haveri_web.configuration import WebSettings
from haveri_web.http.context import Web
from haveri_web.http.live_views import WATCHED, LiveViews
from haveri_web.security.housekeeping import TIDY_EVERY, tidy

SCHEMA = "web"


def create_app(settings: WebSettings) -> App:
    """The web, ready to run."""
    clock, ids = SystemClock(), SystemIds()
    database = Database(settings.database_url.get_secret_value(), schema=SCHEMA)
    bus = Bus(settings.nats_url.get_secret_value(), service="web", clock=clock, ids=ids)
    queries = QueryClient(bus)
    live = LiveViews(settings.live_connections)
    for subject in WATCHED:
        bus.on_hint(subject, live.receive)
    web = Web(
        settings=settings,
        clock=clock,
        ids=ids,
        database=database,
        commands=CommandBus(bus),
        queries=queries,
        directories=DirectoryCopies(bus, queries, clock, actor=ACTOR),
        live=live,
        blobs=_object_store(settings),
        hasher=Hasher(),
    )
    housekeeping = Periodic("housekeeping", TIDY_EVERY, partial(tidy, database, clock, settings.session_idle), clock)
    return App("web", settings, create_http(web), [database, bus, housekeeping, live])


def _object_store(settings: WebSettings) -> ObjectStore | None:
    """Where files are, if this house has such a place."""
    if not (settings.s3_endpoint and settings.s3_access_key and settings.s3_secret_key and settings.s3_bucket):
        return None
    return ObjectStore(
        settings.s3_endpoint,
        settings.s3_access_key.get_secret_value(),
        settings.s3_secret_key.get_secret_value(),
        settings.s3_bucket,
    )


def main() -> None:
    """Run the web until it is told to stop."""
    run(create_app, WebSettings)


if __name__ == "__main__":
    main()
