"""Control: faults, outages, redelivery, wrong tokens, counters."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from haveri_teams_tenant.connector.limits import Rules
from haveri_teams_tenant.control import bodies, responses
from haveri_teams_tenant.control.access import TenantDep, control_access
from haveri_teams_tenant.control.faults import Fault
from haveri_teams_tenant.house import House, HouseDep
from haveri_teams_tenant.identity.keys import BOT_FRAMEWORK
from haveri_teams_tenant.people.refusals import NotThere
from haveri_teams_tenant.push.outbox import Delivered

router = APIRouter(prefix="/_control", dependencies=[Depends(control_access)], tags=["troubles"])


@router.get("/faults")
async def list_faults(house: HouseDep) -> list[Fault]:
    """The faults that stand ready, with how often each struck."""
    return house.faults.standing


@router.post("/faults", status_code=201)
async def add_fault(body: bodies.NewFault, house: HouseDep) -> Fault:
    """Let the next requests that match fail; the first standing fault that matches strikes."""
    fault = Fault(id=house.ids.guid(), **body.model_dump())
    house.faults.standing.append(fault)
    return fault


@router.delete("/faults")
async def clear_faults(house: HouseDep) -> responses.Done:
    """No faults and no outages any more."""
    count = len(house.faults.standing) + len(house.faults.down)
    house.faults.clear()
    return responses.Done(count=count)


@router.put("/outages")
async def set_outages(body: bodies.Outages, house: HouseDep) -> bodies.Outages:
    """Take services down or bring them back: every request to one that is down gets 503."""
    names: tuple[bodies.Surface, ...] = ("connector", "graph", "identity")
    house.faults.down = {name for name in names if getattr(body, name)}
    return body


@router.get("/limits")
async def get_limits(house: HouseDep) -> bodies.LimitRules:
    """The limits in force."""
    return bodies.LimitRules.model_validate(house.limits.rules, from_attributes=True)


@router.put("/limits")
async def set_limits(body: bodies.LimitRules, house: HouseDep) -> bodies.LimitRules:
    """Set other limits until the process ends, for tests of pacing."""
    for name, rules in body.model_dump(exclude_none=True).items():
        setattr(house.limits.rules, name, tuple(tuple(rule) for rule in rules))
    return await get_limits(house)


@router.delete("/limits")
async def restore_limits(house: HouseDep) -> bodies.LimitRules:
    """Microsoft's limits again."""
    house.limits.rules = Rules()
    return await get_limits(house)


@router.put("/patience")
async def set_patience(body: bodies.SetPatience, house: HouseDep) -> bodies.SetPatience:
    """How long invokes may take."""
    house.invoker.timeout = body.seconds
    return body


@router.post("/keys/rotate")
async def rotate(body: bodies.Rotate, house: HouseDep) -> responses.Done:
    """Sign with a new key from now on."""
    ring = house.tokens.push_keys if body.ring == BOT_FRAMEWORK else house.tokens.access_keys
    return responses.Done(count=1, detail=ring.rotate(keep_old=body.keep_old))


@router.post("/tokens")
async def make_token(body: bodies.MakeToken, house: HouseDep) -> responses.SeenToken:
    """A push token that is wrong on purpose, for tests of a bot's door; without changes it is a right one."""
    token = house.tokens.arbitrary_push_token(
        body.app_id.lower(), house.settings.service_url, body.claims, body.omit, forged=body.forged
    )
    return responses.SeenToken(token=token)


@router.get("/requests")
async def list_requests(house: HouseDep, last: Annotated[int, Query(ge=0, le=2000)] = 100) -> responses.Requests:
    """What was asked of Microsoft's services since the start or the last reset."""
    counters = {
        f"{surface} {method} {status}": count
        for (surface, method, status), count in sorted(house.traffic.counters.items())
    }
    latest = list(house.traffic.latest)[-last:] if last else []
    return responses.Requests(counters=counters, latest=latest)


@router.delete("/requests")
async def reset_requests(house: HouseDep) -> responses.Done:
    """Count anew."""
    count = house.traffic.counters.total()
    house.traffic.clear()
    return responses.Done(count=count)


@router.get("/tenants/{tenant_id}/deliveries")
async def list_deliveries(tenant: TenantDep, house: HouseDep) -> responses.Deliveries:
    """The activities under way and the latest that were taken or refused."""
    done = [delivered for delivered in house.outbox.delivered if delivered.tenant_id == tenant.id]
    both = {"pending": house.outbox.pending(tenant.id), "done": done}
    return responses.Deliveries.model_validate(both, from_attributes=True)


@router.post("/tenants/{tenant_id}/deliveries/hold")
async def hold(tenant: TenantDep, house: HouseDep) -> responses.Done:
    """Keep activities back until they are released."""
    house.outbox.hold(tenant.id)
    return responses.Done()


@router.post("/tenants/{tenant_id}/deliveries/release")
async def release(body: bodies.Release, tenant: TenantDep, house: HouseDep) -> responses.Done:
    """Let held activities go, out of order if asked."""
    return responses.Done(count=house.outbox.release(tenant.id, body.order))


@router.post("/tenants/{tenant_id}/deliveries/redeliver")
async def redeliver(body: bodies.Redeliver, tenant: TenantDep, house: HouseDep) -> responses.SeenDelivery:
    """Deliver an activity again at once, as Teams does when an answer came late; tells the bot's status."""
    delivered = _find(house, tenant.id, body.activity_id)
    activity = delivered.activity
    if body.new_id:
        activity = {**activity, "id": house.publisher.writer.fresh_id()}
    app = house.world.apps[delivered.app_id]
    answer = await house.sender.post(app, activity, house.settings.message_timeout)
    return responses.SeenDelivery(
        number=delivered.number,
        app_id=app.id,
        activity=activity,
        status=answer.status,
        attempts=delivered.attempts + 1,
        at=house.clock.now(),
    )


def _find(house: House, tenant_id: str, activity_id: str) -> Delivered:
    for delivered in reversed(house.outbox.delivered):
        if delivered.tenant_id == tenant_id and activity_id in ("", delivered.activity.get("id")):
            return delivered
    raise NotThere("No such activity was delivered by this process.")
