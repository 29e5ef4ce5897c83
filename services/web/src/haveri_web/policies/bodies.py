"""New and changed policies, settings and maintenance windows. In a PATCH every field may be left out."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import Field

from haveri_contracts.escalation.models import (
    Conditions,
    LastResort,
    Listed,
    Minutes,
    MitigationClock,
    Notify,
    QuietHours,
    Repeat,
    Step,
)
from haveri_contracts.plain import Severity
from haveri_contracts.types import LARGEST_INTEGER, LongText, ShortText, Timestamp
from haveri_web.directory.bodies import NewThing, changes_of
from haveri_web.http.bodies import Body


class PolicyFields(NewThing):
    """Who is called when, for which incidents. `after_minutes` counts from the start of the run."""

    facility_id: UUID
    priority: int = Field(default=0, ge=-1_000_000, le=1_000_000)
    is_default: bool = False
    conditions: Conditions
    steps: list[Step] = Field(max_length=50)
    repeat: Repeat | None = None
    acknowledgement_expires_minutes: Minutes | None = None
    mitigation: MitigationClock | None = None
    last_resort: LastResort | None = LastResort()


class NewPolicy(PolicyFields):
    """Who is called when, for which incidents. A new policy has version 1."""

    version: Literal[1] | None = None


class VersionedPolicy(PolicyFields):
    """`version` is the one that is changed; left out, it is the newest."""

    version: int | None = Field(default=None, ge=1, le=LARGEST_INTEGER)


ChangedPolicy = changes_of(VersionedPolicy, "ChangedPolicy")


class DraftPolicy(VersionedPolicy):
    """A policy to try out. With the `id` of one that is there, it stands in its place."""

    name: ShortText = "Draft"


class Question(Body):
    """An incident that might be declared; without `at`, now. `draft` is looked at as if it were a policy."""

    severity: Severity
    facility_id: UUID
    area_id: UUID | None = None
    asset_type: ShortText | None = None
    at: Timestamp | None = None
    draft: DraftPolicy | None = None


class NewFacilitySettings(Body):
    """Quiet hours and last resort of a facility: all that holds for its escalations."""

    quiet_hours: Listed[QuietHours] = Field(default_factory=list, max_length=20)
    last_resort: Notify | None = None


class NewWindow(Body):
    """A time in which nobody is called for some areas or assets; it always ends. Without `starts_at` it begins now."""

    id: UUID | None = None
    facility_id: UUID
    area_ids: Listed[UUID] = Field(default_factory=list, max_length=200)
    asset_ids: Listed[UUID] = Field(default_factory=list, max_length=200)
    starts_at: Timestamp | None = None
    ends_at: Timestamp
    reason: LongText = ""


class WindowFields(NewWindow):
    """A window that is there has begun, or says when it will."""

    starts_at: Timestamp


ChangedWindow = changes_of(WindowFields, "ChangedWindow")
