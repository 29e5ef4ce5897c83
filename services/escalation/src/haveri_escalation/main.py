"""The escalation service: the only place where its objects are chosen."""

from __future__ import annotations

from haveri_chassis.bus import Bus, CommandBus, QueryClient
from haveri_chassis.clock import SystemClock
from haveri_chassis.database import Database
from haveri_chassis.health import health_app
from haveri_chassis.ids import SystemIds
from haveri_chassis.messages import Sender
from haveri_chassis.outbox import OutboxRelay
from haveri_chassis.periodic import Periodic
from haveri_chassis.service import App, run
from haveri_chassis.timers import TimerWorker
from haveri_contracts.escalation.events import EngineBeat
from haveri_contracts.streams import ESCALATION_COMMANDS
from haveri_escalation.adapters.apprise_notifier import AppriseNotifier
from haveri_escalation.adapters.auditor import AUDIT_EVERY, Auditor
from haveri_escalation.adapters.call_reads import CallReads
from haveri_escalation.adapters.contacts import Contacts
from haveri_escalation.adapters.event_store import EscalationStore
from haveri_escalation.adapters.heartbeats import Heartbeats
from haveri_escalation.adapters.incident_commands import IncidentCommands
from haveri_escalation.adapters.incident_view import IncidentView
from haveri_escalation.adapters.link_signer import LinkSigner
from haveri_escalation.adapters.notification_reports import NotificationReports
from haveri_escalation.adapters.policy_reads import PolicyReads
from haveri_escalation.adapters.policy_store import PolicyStore
from haveri_escalation.adapters.rosters import Rosters
from haveri_escalation.adapters.run_reads import RunReads
from haveri_escalation.adapters.step_rows import StepRows
from haveri_escalation.adapters.window_work import MaintenanceWork
from haveri_escalation.adapters.worlds import LiveWorlds
from haveri_escalation.application.notify import Notify
from haveri_escalation.domain.heartbeat import HEARTBEAT_EVERY
from haveri_escalation.entrypoints import policies
from haveri_escalation.entrypoints.engine import Engine
from haveri_escalation.entrypoints.heartbeat import Pulse, attach_heartbeat
from haveri_escalation.entrypoints.notifications import attach_answer_links, attach_notifications
from haveri_escalation.entrypoints.timers import attach_timers
from haveri_escalation.settings import EscalationSettings

NAME = "escalation"


def create_app(settings: EscalationSettings) -> App:
    """The service as one object that starts, says whether it is ready, and stops."""
    clock, ids = SystemClock(), SystemIds()
    database = Database(settings.database_url.get_secret_value(), schema=NAME)
    bus = Bus(settings.nats_url.get_secret_value(), service=NAME, clock=clock, ids=ids)
    commands, queries, sender, http = CommandBus(bus), QueryClient(bus), Sender(NAME, clock, ids), health_app(NAME)

    rosters = Rosters(bus, queries, database, clock, settings.ways_set_up)
    store = PolicyStore(database, bus, clock)
    policies.attach(bus, store, PolicyReads(database), rosters, clock)

    engine = Engine(
        escalations=EscalationStore(database, sender, store),
        worlds=LiveWorlds(rosters, store),
        windows=MaintenanceWork(database, sender),
        commands=IncidentCommands(commands),
        clock=clock,
    )
    engine.attach(bus, RunReads(database))
    bus.on_command(ESCALATION_COMMANDS, database, {**policies.handlers(store, rosters, clock), **engine.handlers()})

    calls, incidents = CallReads(database), IncidentView(queries)
    links = LinkSigner(settings.link_key.get_secret_value(), clock, settings.public_url)
    notifier = AppriseNotifier(settings.notify_urls())
    notify = Notify(calls, incidents, Contacts(rosters), links, notifier)
    attach_notifications(bus, notify, NotificationReports(database, commands))
    attach_answer_links(bus, calls, incidents, links)

    heartbeats, rows = Heartbeats(database, sender, clock), StepRows(database, sender)
    pulse = Pulse(heartbeats, rows, clock)
    attach_heartbeat(bus, http, pulse)
    attach_timers(bus, {EngineBeat: pulse.on_heartbeat, **engine.on_timer()})

    relay, timers = OutboxRelay(database, bus), TimerWorker(database, clock)
    rounds = [
        Periodic("heartbeat", HEARTBEAT_EVERY, heartbeats.send, clock),
        Periodic("auditor", AUDIT_EVERY, Auditor(rows, clock).look, clock),
    ]
    return App(NAME, settings, http, [database, bus, relay, timers, notifier, *rounds])


def main() -> None:
    """Run the service until it is told to stop."""
    run(create_app, EscalationSettings)


if __name__ == "__main__":
    main()
