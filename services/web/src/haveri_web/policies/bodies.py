"""New and changed policies, settings and maintenance windows. In a PATCH every field may be left out."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from haveri_contracts.escalation.models import EscalationPolicy, FacilitySettings, MaintenanceWindow
from haveri_contracts.escalation.queries import Simulate
from haveri_contracts.types import LARGEST_INTEGER, ShortText, Timestamp
from haveri_web.http.bodies import OWN_ID, body_of, changes_of

_VERSION = (int | None, Field(default=None, ge=1, le=LARGEST_INTEGER))
_AT = (Timestamp | None, None)

NewPolicy = body_of(
    EscalationPolicy,
    "NewPolicy",
    "Who is called when, for which incidents. A new policy has version 1.",
    id=OWN_ID,
    version=(Literal[1] | None, None),
)
ChangedPolicy = changes_of(
    body_of(
        EscalationPolicy,
        "NewPolicy",
        "`version` is the one that is changed; left out, it is the newest.",
        id=OWN_ID,
        version=_VERSION,
    )
)
DraftPolicy = body_of(
    EscalationPolicy,
    "DraftPolicy",
    "A policy to try out. With the `id` of one that is there, it stands in its place.",
    id=OWN_ID,
    version=_VERSION,
    name=(ShortText, "Draft"),
)
Question = body_of(
    Simulate,
    "Question",
    "An incident that might be declared; without `at`, now. `draft` is looked at as if it were a policy.",
    at=_AT,
    draft=(DraftPolicy | None, None),
)
NewFacilitySettings = body_of(
    FacilitySettings,
    "NewFacilitySettings",
    "Quiet hours and last resort of a facility: all that holds for its escalations.",
    without={"facility_id"},
)
NewWindow = body_of(
    MaintenanceWindow,
    "NewWindow",
    "A time in which nobody is called for some areas or assets; it always ends. Without `starts_at` it begins now.",
    without={"created_by"},
    id=OWN_ID,
    starts_at=_AT,
)
ChangedWindow = changes_of(
    body_of(
        MaintenanceWindow,
        "NewWindow",
        "A window that is there has begun, or says when it will.",
        without={"created_by"},
        id=OWN_ID,
    )
)
