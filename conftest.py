"""Every run draws the seed of its property tests itself and says it, so that a run that failed can be had again."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, settings

_SEED = "hypothesis_seed"
_LARGEST = 2**32


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Choose a seed unless one was given; Hypothesis reads it from its own option."""
    # How long an example takes says more about the machine than about us.
    settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("any machine")
    if config.getoption(_SEED, None) is None:
        setattr(config.option, _SEED, str(random.randrange(_LARGEST)))  # noqa: S311 - nothing secret


def pytest_report_header(config: pytest.Config) -> str:
    """Say it at the beginning."""
    return f"property tests: --hypothesis-seed={config.getoption(_SEED)}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say it again where a failure is read."""
    if terminalreporter.stats.get("failed") or terminalreporter.stats.get("error"):
        terminalreporter.write_line(f"The same property tests again: --hypothesis-seed={config.getoption(_SEED)}")
