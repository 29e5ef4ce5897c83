"""Notifications that are wanted by other ways than chat, and the links in them."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Hashable
from typing import Any

from haveri_chassis.bus import Bus, Received
from haveri_chassis.logs import get_logger
from haveri_chassis.metrics import counter, histogram
from haveri_contracts.directory.contacts import Via
from haveri_contracts.envelope import Envelope
from haveri_contracts.escalation.events import NotificationRequested
from haveri_contracts.escalation.models import AnswerLink
from haveri_contracts.escalation.queries import ReadAnswerLink
from haveri_contracts.streams import ESCALATION_NOTIFICATIONS
from haveri_escalation.adapters.notification_reports import NotificationReports
from haveri_escalation.application.answer_link import Leads, answer_link
from haveri_escalation.application.calling import Calls, Incidents, Links
from haveri_escalation.application.notify import Notify

# Each may wait for a mail server; none waits for another.
_AT_ONCE = 16

NOTIFICATIONS = counter("notifications", "Notifications other than chat, by what became of them.", ("via", "outcome"))
NOTIFYING = histogram("notification_seconds", "From the request to what became of a notification.", ("via",))

log = get_logger(__name__)


def attach_notifications(bus: Bus, notify: Notify, reports: NotificationReports) -> None:
    """Read what is wanted. Calls of one incident are carried out beside each other."""
    bus.on_event(ESCALATION_NOTIFICATIONS, notifying(notify, reports), workers=_AT_ONCE, partition_of=_call)


def notifying(notify: Notify, reports: NotificationReports) -> Callable[[Received[Any]], Awaitable[None]]:
    """What carries out one `NotificationRequested`.

    What became of it is kept before it is reported, so that a message that comes again sends nothing again. Only
    a crash between sending and keeping sends twice; there is no moment at which a crash sends nothing.
    """

    async def handle(received: Received[NotificationRequested]) -> None:
        wanted, request = received.message, received.envelope
        if wanted.via is Via.CHAT:
            return
        known = await reports.known(request)
        if known is None:
            report = await _timed(notify, request, wanted)
            await reports.remember(request, report)
            await reports.report(request, wanted, report)
        elif not known[1]:
            await reports.report(request, wanted, known[0])

    return handle


def attach_answer_links(bus: Bus, calls: Calls, incidents: Incidents, links: Links) -> None:
    """Answer where a link leads."""

    async def read(query: ReadAnswerLink, envelope: Envelope) -> AnswerLink:
        return _shown(await answer_link(calls, incidents, links, envelope.organization, query.token))

    bus.on_query(ReadAnswerLink, read)


async def _timed(notify: Notify, request: Envelope, wanted: NotificationRequested) -> Any:
    via = wanted.via.value
    started = time.perf_counter()
    report = await notify(request.organization, wanted.call_id, via, wanted.cause)
    NOTIFYING.labels(via).observe(time.perf_counter() - started)
    NOTIFICATIONS.labels(via, report.outcome).inc()
    level = log.warning if report.outcome == "failed" else log.info
    why = str(report.reason or "")
    level("a notification was tried", via=via, outcome=report.outcome, reason=why, call=str(wanted.call_id))
    return report


def _call(received: Received[Any]) -> Hashable:
    return received.organization, received.message.call_id


def _shown(leads: Leads) -> AnswerLink:
    call, incident = leads.call, leads.incident
    return AnswerLink(
        call_id=call.id,
        incident_id=call.incident_id,
        member_id=call.member_id,
        purpose=call.purpose,
        state=call.state,
        incident_number=call.number,
        incident_title=incident.title if incident else call.title,
        taken_by=incident.acknowledged_by if incident else None,
        taken_at=incident.acknowledged_at if incident else None,
    )
