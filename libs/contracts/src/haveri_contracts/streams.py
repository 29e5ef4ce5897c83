"""Streams and durable consumers as data: one bootstrap step declares them, services only use them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from haveri_contracts.catalogue import all_messages
from haveri_contracts.chat.events import FileShared, MessagePosted
from haveri_contracts.directory.events import ChatSettingsChanged
from haveri_contracts.escalation.events import (
    CallsWithdrawn,
    EngineBeat,
    EscalationEvent,
    NotificationAnswered,
    NotificationRequested,
    TimerDue,
    WindowDue,
)
from haveri_contracts.message import Event
from haveri_contracts.plain import EntryType
from haveri_contracts.subjects import (
    ANY,
    PREFIX,
    Kind,
    dead_letter_subject,
    everything_of,
    includes,
)


class Retention(StrEnum):
    """How long a stream keeps a message: by limits, or until its one owner has acknowledged it."""

    LIMITS = "limits"
    WORK_QUEUE = "workqueue"


@dataclass(frozen=True, slots=True)
class Stream:
    """A JetStream stream, always in file storage. `duplicate_window` is how long `Nats-Msg-Id` is remembered."""

    name: str
    subjects: tuple[str, ...]
    retention: Retention
    max_age: timedelta | None
    duplicate_window: timedelta
    summary: str


EVENTS = Stream(
    "EVENTS",
    (everything_of(Kind.EVENT),),
    Retention.LIMITS,
    timedelta(days=30),
    timedelta(minutes=2),
    "Facts, for any number of readers. PostgreSQL is the truth: `haveri replay` fills it again.",
)
COMMANDS = Stream(
    "COMMANDS",
    (everything_of(Kind.COMMAND),),
    Retention.WORK_QUEUE,
    None,
    # The owner of a command remembers its outcome for good; a repeat must reach it to be answered again.
    timedelta(milliseconds=100),
    "Commands, each kept until its one owner has carried it out or refused it.",
)
DEAD_LETTERS = Stream(
    "DEAD_LETTERS",
    # One token after it and no more: `dead_letter.>` would overlap `haveri.*.event.>`, which NATS refuses.
    (dead_letter_subject(ANY), "$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.>"),
    Retention.LIMITS,
    timedelta(days=90),
    timedelta(minutes=2),
    "What no consumer could handle, with the reason, until somebody replays or discards it.",
)
STREAMS = (EVENTS, COMMANDS, DEAD_LETTERS)


def signals_stream(organization: str) -> Stream:
    """The stream into which one organisation's plant systems publish."""
    return Stream(
        f"SIGNALS_{organization.upper().replace('-', '_')}",
        (f"{PREFIX}.{organization}.signal.>",),
        Retention.LIMITS,
        timedelta(days=7),
        timedelta(minutes=2),
        f"Signals from the plant systems of {organization}.",
    )


@dataclass(frozen=True, slots=True)
class Consumer:
    """A durable consumer: `<service>-<subscriber>`. `retry_after` are the delays of its nacks, then it is dead."""

    service: str
    subscriber: str
    stream: Stream
    subjects: tuple[str, ...]
    summary: str
    # What a killed reader had in hand comes again after this; one that lives says so while it works (docs/bus.md).
    ack_wait: timedelta = timedelta(seconds=5)
    max_ack_pending: int = 1000
    retry_after: tuple[timedelta, ...] = field(
        default=tuple(timedelta(seconds=s) for s in (0.1, 0.5, 2, 5, 15, 30, 60, 120, 300, 600, 600, 600))
    )

    @property
    def name(self) -> str:
        """The durable name."""
        return f"{self.service}-{self.subscriber}"

    @property
    def max_deliver(self) -> int:
        """How often a message is delivered before it is dead."""
        return len(self.retry_after) + 1


def _commands_of(owner: str) -> Consumer:
    return Consumer(
        owner, "commands", COMMANDS, (everything_of(Kind.COMMAND, owner),), f"Carries out the commands to {owner}."
    )


INCIDENT_COMMANDS = _commands_of("incident")
DIRECTORY_COMMANDS = _commands_of("directory")
ESCALATION_COMMANDS = _commands_of("escalation")


def _subjects_of(*events: type[Event]) -> tuple[str, ...]:
    return tuple(event.subject(ANY) for event in events)


_OF_A_CHAIN = tuple(
    event for event in all_messages() if issubclass(event, EscalationEvent) and event.entry is EntryType.ESCALATION
)

TIMELINE_ENTRIES = Consumer(
    "timeline",
    "entries",
    EVENTS,
    # All of them, those of owners to come too: what is newer than the timeline is kept as it came.
    (everything_of(Kind.EVENT),),
    "Writes the timeline of every incident.",
    max_ack_pending=5000,
)
GATEWAY_INCIDENTS = Consumer(
    "teams-gateway",
    "incidents",
    EVENTS,
    (everything_of(Kind.EVENT, "incident"),),
    "Runs the incident workflow in Teams and keeps the cards up to date.",
)
GATEWAY_DIRECTORY = Consumer(
    "teams-gateway",
    "directory",
    EVENTS,
    _subjects_of(ChatSettingsChanged),
    "Learns which tenant belongs to which organisation.",
)
GATEWAY_ESCALATIONS = Consumer(
    "teams-gateway",
    "escalations",
    EVENTS,
    _subjects_of(*_OF_A_CHAIN, NotificationRequested, NotificationAnswered, CallsWithdrawn),
    "Calls members in Teams, tells the incident's channel how its escalation goes, and keeps the calls' cards true.",
)
ESCALATION_INCIDENTS = Consumer(
    "escalation",
    "incidents",
    EVENTS,
    (everything_of(Kind.EVENT, "incident"), *_subjects_of(MessagePosted, FileShared)),
    "Begins, re-plans and ends the escalation of every incident, and notices that something happens to it.",
)
ESCALATION_TIMERS = Consumer(
    "escalation",
    "timers",
    EVENTS,
    _subjects_of(TimerDue, WindowDue, EngineBeat),
    "Carries out what has come due.",
)
ESCALATION_NOTIFICATIONS = Consumer(
    "escalation",
    "notifications",
    EVENTS,
    _subjects_of(NotificationRequested),
    "Notifies members by e-mail, SMS, voice and push.",
    # A mail server may take its time; what another replica would send a second time meanwhile woke somebody twice.
    ack_wait=timedelta(seconds=60),
)
CONSUMERS = (
    INCIDENT_COMMANDS,
    DIRECTORY_COMMANDS,
    ESCALATION_COMMANDS,
    TIMELINE_ENTRIES,
    GATEWAY_INCIDENTS,
    GATEWAY_DIRECTORY,
    GATEWAY_ESCALATIONS,
    ESCALATION_INCIDENTS,
    ESCALATION_TIMERS,
    ESCALATION_NOTIFICATIONS,
)


def readers_of(subject: str) -> tuple[Consumer, ...]:
    """The durable consumers that are given what is published on a subject."""
    return tuple(consumer for consumer in CONSUMERS if any(includes(wanted, subject) for wanted in consumer.subjects))


def stream_of(subject: str) -> Stream | None:
    """The stream that keeps what is published on a subject; None for queries, which nobody keeps."""
    return next((stream for stream in STREAMS if any(includes(kept, subject) for kept in stream.subjects)), None)
