"""Keeping the libraries' words out of the answers of commands."""

from __future__ import annotations

import logging
import sys

import structlog


def keep_quiet() -> None:
    """Let the libraries' log lines go to standard error, from warnings on: standard output is for answers."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        # Standard error as it is then: it may be another one by the time something is said.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
