"""Traces: one from the chat message to the last reader, continued through the envelopes' `traceparent`.

Span and trace ids are always made, so that logs can be joined; spans leave the process only with an endpoint.
The provider is our own and not OpenTelemetry's global one: a forked child makes its own, with its own thread.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import NonRecordingSpan, Span, SpanContext, SpanKind, Status, StatusCode, TraceFlags, Tracer

from haveri_chassis.metrics import counter, histogram

__all__ = ["counter", "current_traceparent", "exporting", "histogram", "setup", "shutdown", "span", "trace_id"]

_SAMPLED = TraceFlags(TraceFlags.SAMPLED)


class _State:
    """This process's provider; replaced by `setup`."""

    provider: TracerProvider | None = None
    exporting: bool = False

    @classmethod
    def tracer(cls) -> Tracer:
        if cls.provider is None:
            cls.provider = TracerProvider(shutdown_on_exit=False)
        return cls.provider.get_tracer("haveri")


def setup(service: str, otlp_endpoint: str | None = None, *, exporter: SpanExporter | None = None) -> None:
    """Name this process in traces and send them to `otlp_endpoint` (OTLP over HTTP) or to `exporter`, if any."""
    provider = TracerProvider(resource=Resource.create({"service.name": f"haveri-{service}"}), shutdown_on_exit=False)
    if exporter is None and otlp_endpoint:
        # Imported when it is needed: it brings an HTTP client of its own.
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415

        exporter = OTLPSpanExporter(endpoint=f"{otlp_endpoint.rstrip('/')}/v1/traces", timeout=5)
    if exporter is not None:
        provider.add_span_processor(BatchSpanProcessor(exporter))
    _State.provider, _State.exporting = provider, exporter is not None


def shutdown() -> None:
    """Send what is left; at most a few seconds."""
    if _State.provider is not None and _State.exporting:
        _State.provider.force_flush(3000)
        _State.provider.shutdown()


def exporting() -> bool:
    """Tell whether spans leave the process."""
    return _State.exporting


@contextmanager
def span(
    name: str,
    traceparent: str | None = None,
    *,
    kind: SpanKind = SpanKind.INTERNAL,
    **attributes: str | int | float | bool,
) -> Iterator[Span]:
    """Run the block in a span that continues `traceparent`, else the current span, else starts a trace.

    An exception marks the span as failed with its type; its message is left out, for it may hold people's words.
    """
    parent = _context_of(traceparent) if traceparent else None
    started = _State.tracer().start_span(name, parent, kind, attributes)
    token = otel_context.attach(trace.set_span_in_context(started, parent))
    try:
        yield started
    except Exception as error:
        started.set_status(Status(StatusCode.ERROR, type(error).__name__))
        raise
    finally:
        otel_context.detach(token)
        started.end()


def record_span(name: str, traceparent: str, start: datetime, end: datetime, **attributes: str | int) -> None:
    """Add a span that is already over to a trace: the share of one message in a batch."""
    done = _State.tracer().start_span(
        name, _context_of(traceparent), SpanKind.CONSUMER, attributes, start_time=_nanoseconds(start)
    )
    done.end(_nanoseconds(end))


def current_traceparent() -> str | None:
    """The W3C `traceparent` of the current span, None outside any."""
    found = trace.get_current_span().get_span_context()
    if not found.is_valid:
        return None
    return f"00-{found.trace_id:032x}-{found.span_id:016x}-{found.trace_flags:02x}"


def trace_id(traceparent: str | None) -> str | None:
    """The trace's id within a `traceparent`."""
    return traceparent[3:35] if traceparent else None


def _context_of(traceparent: str) -> otel_context.Context | None:
    parts = traceparent.split("-")
    if len(parts) != 4:
        return None
    try:
        found = SpanContext(int(parts[1], 16), int(parts[2], 16), is_remote=True, trace_flags=_SAMPLED)
    except ValueError:
        return None
    return trace.set_span_in_context(NonRecordingSpan(found)) if found.is_valid else None


def _nanoseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000) * 1000
