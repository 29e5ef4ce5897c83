"""Policies as the contract has them, with what decisions need besides."""

from __future__ import annotations

from datetime import datetime, timedelta

from haveri_contracts.escalation.models import Chain, EscalationPolicy

MINUTE = timedelta(minutes=1)
"""The contract's delays are numbers of minutes, which may be fractions."""

ON_SHIFT = "on_shift"
"""The role that everybody has who is on shift at the facility."""

LEAD = "lead"
"""The role of whoever leads a shift."""


class Policy(EscalationPolicy):
    """A policy; `created_at`, when its first version was put, settles ties: the newer one wins."""

    created_at: datetime | None = None

    @property
    def chain(self) -> Chain:
        """What a run carries out, without the policy around it."""
        return Chain.model_construct(**{name: getattr(self, name) for name in Chain.model_fields})
