"""The bus: events, commands with outcomes, queries and hints over NATS, every trap of it handled here."""

# Loads every message: a type that nobody has imported would look unknown, and end among the dead letters.
import haveri_contracts.catalogue  # noqa: F401
from haveri_chassis.bus.bus import Bus
from haveri_chassis.bus.command_bus import CommandBus
from haveri_chassis.bus.errors import BusUnavailable, NotRecorded, OwnerUnavailable, QueryRefused
from haveri_chassis.bus.query_client import QueryClient
from haveri_chassis.bus.received import BatchHandler, CommandHandler, EventHandler, HintHandler, RawJson, Received
from haveri_chassis.messages import MessageTooLarge

__all__ = [
    "BatchHandler",
    "Bus",
    "BusUnavailable",
    "CommandBus",
    "CommandHandler",
    "EventHandler",
    "HintHandler",
    "MessageTooLarge",
    "NotRecorded",
    "OwnerUnavailable",
    "QueryClient",
    "QueryRefused",
    "RawJson",
    "Received",
]
