"""Importing once what every service imports, before anything is forked."""

from __future__ import annotations

import gc
import importlib
import threading
from collections.abc import Iterable

HTTP = ("fastapi", "uvicorn", "uvloop", "httptools")
"""What everything with an HTTP port needs."""

COMMON = (
    "asyncpg",
    "faststream.nats",
    "opentelemetry.exporter.otlp.proto.http.trace_exporter",
    "opentelemetry.sdk.trace.export",
    "haveri_contracts.catalogue",
    "haveri_chassis.bus",
    "haveri_chassis.database",
    "haveri_chassis.outbox",
    "haveri_chassis.service",
)
"""What every service needs besides."""


def import_shared(modules: Iterable[str]) -> None:
    """Import `modules`; raises RuntimeError when one of them started a thread.

    No garbage is looked for meanwhile: almost all of it lives as long as the process.
    """
    gc.disable()
    try:
        for module in modules:
            importlib.import_module(module)
    finally:
        gc.enable()
    if threading.active_count() > 1:
        names = ", ".join(thread.name for thread in threading.enumerate())
        raise RuntimeError(f"an import started a thread ({names}): its locks would stay locked in forked services")
