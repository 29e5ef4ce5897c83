"""How the workflow says that it has not come to the end."""

from __future__ import annotations

from collections.abc import Mapping

from haveri_chat.ports import PlatformRefused, PlatformUnavailable
from haveri_chat.workflow.store import StepBusy
from haveri_contracts.escalation.reasons import Reason

StepFailure = PlatformUnavailable | PlatformRefused | StepBusy

DEFAULT_WAIT = 5.0


class Unfinished(Exception):
    """Some steps could not be done; all others were. `failures` says why, by step."""

    def __init__(self, failures: Mapping[str, StepFailure]) -> None:
        super().__init__("; ".join(f"{step}: {error}" for step, error in failures.items()))
        self.failures = failures

    @property
    def retry_after(self) -> float | None:
        """Seconds after which to call `advance` again, None when every failure is a refusal and trying is no use."""
        waits = [
            DEFAULT_WAIT if error.retry_after is None else error.retry_after
            for error in self.failures.values()
            if not isinstance(error, PlatformRefused)
        ]
        return max(waits) if waits else None

    @property
    def refused(self) -> dict[str, Reason]:
        """What the platform will never do, and why, by step: to be reported as a failed notification."""
        return {step: error.reason for step, error in self.failures.items() if isinstance(error, PlatformRefused)}
