"""Keeping the libraries' words out of the answers of commands."""

from __future__ import annotations

import logging
import sys

import structlog


def keep_quiet() -> None:
    """Let the libraries' log lines go to standard error, from warnings on: standard output is for answers."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
