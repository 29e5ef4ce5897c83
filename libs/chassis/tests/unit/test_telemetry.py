"""One trace through several services."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from haveri_chassis import telemetry

TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def exported() -> Iterator[InMemorySpanExporter]:
    """Spans that left the process."""
    exporter = InMemorySpanExporter()
    telemetry.setup("sample", exporter=exporter)
    yield exporter
    telemetry.shutdown()
    telemetry.setup("sample")


def test_a_span_continues_the_trace_it_is_given() -> None:
    """And hands on a traceparent of its own in the same trace."""
    with telemetry.span("handle", TRACEPARENT):
        current = telemetry.current_traceparent()

    assert current is not None
    assert current != TRACEPARENT
    assert telemetry.trace_id(current) == telemetry.trace_id(TRACEPARENT)


def test_there_is_no_trace_outside_a_span() -> None:
    """Nothing is made up."""
    assert telemetry.current_traceparent() is None
    assert telemetry.trace_id(None) is None


@pytest.mark.parametrize("broken", ["", "00-zz-11-01", "00-" + "0" * 32 + "-" + "0" * 16 + "-01", "nonsense"])
def test_a_broken_traceparent_starts_a_new_trace(broken: str) -> None:
    """Rather than failing the message."""
    with telemetry.span("handle", broken):
        assert telemetry.current_traceparent() is not None


def test_a_failed_span_says_the_kind_of_error_and_not_its_text(exported: InMemorySpanExporter) -> None:
    """The text may hold what people wrote."""
    with pytest.raises(ValueError, match="private"), telemetry.span("handle", TRACEPARENT, organization="demo"):
        raise ValueError("private words")
    telemetry.shutdown()

    (span,) = exported.get_finished_spans()
    assert span.status.description == "ValueError"
    assert not span.events
    assert span.attributes == {"organization": "demo"}
    assert span.resource.attributes["service.name"] == "haveri-sample"


def test_a_message_of_a_batch_has_a_span_in_its_own_trace(exported: InMemorySpanExporter) -> None:
    """So that its trace runs to the last reader."""
    begun, ended = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, 0, 0, 1, tzinfo=UTC)

    telemetry.record_span("read", TRACEPARENT, begun, ended, batch=2)
    telemetry.shutdown()

    (span,) = exported.get_finished_spans()
    assert span.context is not None
    assert f"{span.context.trace_id:032x}" == telemetry.trace_id(TRACEPARENT)
    assert (span.end_time or 0) - (span.start_time or 0) == 1_000_000_000
