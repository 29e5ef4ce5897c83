"""Control: look into mailboxes."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from haveri_teams_tenant.control import seen
from haveri_teams_tenant.control.door import TenantDep, control_door, the_user
from haveri_teams_tenant.house import HouseDep

router = APIRouter(prefix="/_control", dependencies=[Depends(control_door)], tags=["mail"])


@router.get("/mail-door")
async def mail_door(house: HouseDep) -> seen.SeenMailDoor:
    """Where mail for everybody is taken."""
    return seen.SeenMailDoor(host=house.mail_door.host, port=house.mail_door.port)


@router.get("/tenants/{tenant_id}/mails")
async def list_mails(as_user: str, tenant: TenantDep, house: HouseDep) -> list[seen.SeenMail]:
    """Somebody's mails, oldest first."""
    mails = house.mailboxes.of(the_user(house, tenant, as_user))
    return [seen.SeenMail.model_validate(mail, from_attributes=True) for mail in mails]
