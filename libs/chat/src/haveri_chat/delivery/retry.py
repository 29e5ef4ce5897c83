"""When and after how long a refused or unanswered send is tried again; pure, chance arrives as an argument."""

from __future__ import annotations

from dataclasses import dataclass

BEFORE_ANY_EFFECT = frozenset({412, 429})
"""Answers that mean "not done": any call may be repeated."""

EFFECT_UNKNOWN = frozenset({502, 503, 504})
"""Answers behind which the call may have been carried out: only repeatable calls are repeated blindly."""


@dataclass(frozen=True)
class RetryPolicy:
    """How patient to be. Seconds; `patience` is the longest Retry-After that is waited for in place."""

    attempts: int = 5
    base: float = 0.5
    cap: float = 30.0
    patience: float = 60.0

    def delay(
        self, attempt: int, *, status: int | None, retry_after: float | None, jitter: float, repeatable: bool
    ) -> float | None:
        """Seconds to wait after the `attempt`-th failure (from 1), or None to give up.

        `status` is the answer's code, None when there was no answer; `jitter` is a random number in [0, 1).
        A wait that the platform named is never cut short.
        """
        if attempt >= self.attempts or not self._may_repeat(status, repeatable):
            return None
        step = min(self.cap, self.base * 2.0 ** (attempt - 1))
        if retry_after is None:
            return step * (0.5 + jitter / 2)
        if retry_after > self.patience:
            return None
        return max(0.0, retry_after) + jitter * min(step, 1.0)

    def _may_repeat(self, status: int | None, repeatable: bool) -> bool:
        if status in BEFORE_ANY_EFFECT:
            return True
        return repeatable and (status is None or status in EFFECT_UNKNOWN)
