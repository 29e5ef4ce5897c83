"""Structured logs: JSON lines for machines or readable ones for people, never with a secret in them."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, Literal

import orjson
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from haveri_chassis.telemetry import current_traceparent, trace_id

REDACTED = "[redacted]"
_SECRET_KEY = re.compile(
    r"authori[sz]ation|token|passw|secret|cookie|credential|api[-_]?key|private[-_]?key|signature", re.I
)
# Names that contain such a word and hold no secret.
_HARMLESS_KEYS = frozenset({"token_id", "token_name", "tokens"})
_SECRET_VALUES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(://[^\s:/@]*):[^\s/@]+@"), rf"\1:{REDACTED}@"),
    (re.compile(r"\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}", re.I), rf"\1 {REDACTED}"),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{5,1000}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"), REDACTED),
    (
        re.compile(
            r"\b(password|passwd|secret|token|api_key|client_secret|sig)(\W?\s*[=:]\s*)(\"[^\"]*\"|'[^']*'|[^\s&,;}]+)",
            re.I,
        ),
        rf"\1\2{REDACTED}",
    ),
)
# What people write can end in an error's text. These patterns read it once from front to back, or from few places a
# bounded way; a text beyond this length is cut first.
_LONGEST_TEXT = 20_000
_DEPTH = 6


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger; events are short sentences, facts are keywords."""
    logger: structlog.stdlib.BoundLogger = structlog.get_logger(name)
    return logger


def setup(service: str, level: str = "INFO", log_format: Literal["json", "console"] = "json") -> None:
    """Send structlog and the standard library's logging, formatted alike, to standard output."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_service(service),
        _add_trace,
        structlog.processors.format_exc_info,
        redact,
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(log_format)],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("uvicorn.access", "httpx", "httpx2", "httpcore", "urllib3", "faststream", "uvicorn.error"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


@contextmanager
def bound(**facts: str | int | None) -> Iterator[None]:
    """Add facts (organisation, message id) to every log line of the block."""
    with structlog.contextvars.bound_contextvars(**{name: fact for name, fact in facts.items() if fact is not None}):
        yield


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Blank out keys that are named like secrets and values that look like them, at any depth."""
    for key in list(event):
        event[key] = _clean(key, event[key], _DEPTH)
    return event


def _clean(key: str, value: Any, depth: int) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str | bytes | int | float):
        return REDACTED if _names_a_secret(key) else clean_text(value) if isinstance(value, str) else value
    if depth == 0:
        return REDACTED if isinstance(value, dict | list | tuple) else value
    if isinstance(value, MutableMapping):
        return {str(name): _clean(str(name), item, depth - 1) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(key, item, depth - 1) for item in value]
    return clean_text(str(value))


def _names_a_secret(key: str) -> bool:
    return key not in _HARMLESS_KEYS and _SECRET_KEY.search(key) is not None


def clean_text(text: str) -> str:
    """The text without what looks like a secret in it: passwords in addresses, tokens, keys. A long text is cut."""
    if len(text) > _LONGEST_TEXT:
        text = f"{text[:_LONGEST_TEXT]}… ({len(text)} characters)"
    for pattern, replacement in _SECRET_VALUES:
        text = pattern.sub(replacement, text)
    return text


def _add_service(service: str) -> Processor:
    def add(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event["service"] = service
        return event

    return add


def _add_trace(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    found = trace_id(current_traceparent())
    if found:
        event["trace_id"] = found
    return event


def _renderer(log_format: str) -> Processor:
    if log_format == "console":
        return structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty(), pad_event_to=0)
    return structlog.processors.JSONRenderer(serializer=_json)


def _json(event: EventDict, **_: Any) -> str:
    return orjson.dumps(event, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
