"""New and changed things of the directory. In a PATCH every field may be left out."""

from __future__ import annotations

from haveri_contracts.directory.models import Area, Asset, Facility, Member, Team
from haveri_web.http.bodies import OWN_ID, body_of

NewFacility = body_of(
    Facility, "NewFacility", "A plant or site; `timezone` is an IANA name such as Europe/Helsinki.", id=OWN_ID
)
NewArea = body_of(Area, "NewArea", "A production line, zone or department.", id=OWN_ID)
NewAsset = body_of(Asset, "NewAsset", "A machine or system in an area.", id=OWN_ID)
NewTeam = body_of(Team, "NewTeam", "People who work together, and when.", id=OWN_ID)
NewMember = body_of(Member, "NewMember", "A person.", id=OWN_ID)
