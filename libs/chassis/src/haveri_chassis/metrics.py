"""The metrics that every service has, in one place, and thin definitions for a service's own."""

from __future__ import annotations

from collections.abc import Sequence

from prometheus_client import Counter, Gauge, Histogram

NAMESPACE = "haveri"
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


def counter(name: str, what: str, labels: Sequence[str] = ()) -> Counter:
    """Define a counter `haveri_<name>_total`; once a process, at import."""
    return Counter(name, what, labels, namespace=NAMESPACE)


def gauge(name: str, what: str, labels: Sequence[str] = ()) -> Gauge:
    """Define a gauge `haveri_<name>`; once a process, at import."""
    return Gauge(name, what, labels, namespace=NAMESPACE)


def histogram(name: str, what: str, labels: Sequence[str] = ()) -> Histogram:
    """Define a histogram `haveri_<name>`, in seconds; once a process, at import."""
    return Histogram(name, what, labels, namespace=NAMESPACE, buckets=SECONDS)


MESSAGES = counter("messages", "Messages taken from a durable consumer, by what became of them.", ("consumer", "end"))
UNKNOWN_EVENTS = counter("unknown_events", "Events of types that are newer than their reader.", ("consumer", "type"))
HANDLING = histogram("handling_seconds", "How long a handler took, for a message or a batch.", ("consumer",))
WAITING = gauge("consumer_waiting_messages", "Messages behind the last one taken.", ("consumer",))
OUTCOMES = counter("outcomes", "Outcomes given to commands.", ("type", "status"))
COMMANDS_SENT = counter("commands_sent", "Commands sent, by what the sender learnt in time.", ("type", "answer"))
QUERIES_ANSWERED = counter("queries_answered", "Queries answered as their owner.", ("type", "answer"))
ANSWERING = histogram("answering_seconds", "How long a query's answer took its owner.", ("type",))
QUERIES_ASKED = counter("queries_asked", "Queries asked of other services.", ("type", "answer"))
CONNECTED = gauge("bus_connected", "1 while the bus is connected.", ("service",))
STALE_ANSWERS = counter("replica_stale", "Times an old copy was served because its owner was away.", ("replica",))
