"""From the contract's models to the domain's values."""

from __future__ import annotations

from haveri_contracts.incident import models
from haveri_incident.domain.values import FollowUp, Impact, Summary


def to_summary(summary: models.Summary) -> Summary:
    """The domain's summary of a published one."""
    values = summary.model_dump()
    return Summary(**{**values, "impact": Impact(**values["impact"])})


def to_follow_up(draft: models.FollowUpDraft) -> FollowUp:
    """The domain's follow-up of a published one."""
    return FollowUp(**draft.model_dump())
