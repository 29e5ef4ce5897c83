"""A morning in the demo plant: four incidents, one of them resolved, with everything a timeline can hold."""

from __future__ import annotations

import zlib
from datetime import timedelta
from typing import Any
from uuid import UUID

from web_house import Door, WebHouse
from web_incidents import edit, say, share, take_back

from haveri_contracts.incident.models import Incident


def png(width: int = 64, height: int = 48) -> bytes:
    """A small picture."""
    rows = b"".join(
        b"\0" + b"".join(bytes((60 + 2 * x, 120 + y, 150 - x)) for x in range(width)) for y in range(height)
    )

    def chunk(kind: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\0\0\0"
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


async def tell_stories(house: WebHouse) -> str:
    """Let it all happen; gives the number of the resolved incident."""
    sanna, timo = await house.door("Sanna Virtanen"), await house.door("Timo Nieminen")
    tenant = house.tenant
    tampere, leipzig = tenant.things["facility"].values()
    line, hall = tenant.things["area"].values()
    filler, palletiser, _ = tenant.things["asset"].values()
    first = await _declare(
        sanna,
        title="Filler 2 jammed, line 1 down",
        severity="SEV1",
        facility_id=tampere.id,
        area_id=line.id,
        asset_ids=[filler.id],
        description="Bottles pile up at the infeed star wheel since the 06:00 changeover.",
        tags=["changeover", "0.5 l PET"],
    )
    await _first_story(house, first, sanna, timo)
    await _declare(
        timo,
        title="Palletiser 1 drops every tenth layer",
        severity="SEV2",
        facility_id=tampere.id,
        area_id=line.id,
        asset_ids=[palletiser.id],
    )
    house.advance(minutes=9)
    await _declare(sanna, title="Label printer prints pale", severity="SEV3", facility_id=leipzig.id, area_id=hall.id)
    house.advance(minutes=4)
    fourth = await _declare(
        timo,
        title="<b>Filler 2</b> & “infeed” stops again 🔧",
        severity="SEV1",
        facility_id=tampere.id,
        area_id=line.id,
    )
    say(
        tenant.book,
        UUID(fourth["id"]),
        tenant.member("Timo Nieminen"),
        "Same noise as this morning.",
        house.clock.now(),
        "m-9",
    )
    house.advance(minutes=3, seconds=20)
    return str(first["number"])


async def _first_story(house: WebHouse, incident: Any, sanna: Door, timo: Door) -> None:
    tenant, book, path, key = house.tenant, house.tenant.book, f"/incidents/{incident['id']}", UUID(incident["id"])
    people = [tenant.member(name) for name in ("Sanna Virtanen", "Timo Nieminen", "Mikko Laine")]
    _link_chat(house, key)
    house.advance(minutes=1)
    say(book, key, people[1], "On my way, two minutes.", house.clock.now(), "m-1")
    await timo("POST", f"{path}/acknowledge")
    house.advance(minutes=2)
    await timo("POST", f"{path}/status", json={"status": "INVESTIGATING", "note": "Star wheel looks out of step."})
    await timo("POST", f"{path}/assign", json={"member_id": str(people[1].id)})
    await sanna("POST", f"{path}/assign-comms", json={"member_id": str(people[2].id)})
    house.advance(minutes=3)
    say(book, key, people[1], "Sensor B12 reads 0 all the time, cable is lose", house.clock.now(), "m-2")
    house.advance(seconds=20)
    edit(book, key, people[1], "Sensor B12 reads 0 all the time, cable is loose", house.clock.now(), "m-2")
    body, file_id = png(), house.ids.new()
    house.blobs.objects[f"{house.slug}/{file_id}"] = body
    share(
        book,
        key,
        people[1],
        house.clock.now(),
        file_id=file_id,
        name="sensor B12.png",
        kind="image/png",
        body=body,
        key=f"{house.slug}/{file_id}",
    )
    say(book, key, people[0], "who moved it again???", house.clock.now(), "m-3")
    house.advance(seconds=40)
    take_back(book, key, people[0], house.clock.now(), "m-3")
    await sanna("POST", f"{path}/severity", json={"severity": "SEV2", "reason": "Line runs at half speed by hand."})
    house.advance(minutes=6)
    await timo("POST", f"{path}/actions", json={"text": "Swapped the infeed sensor, re-crimped the plug."})
    early = (house.clock.now() - timedelta(minutes=25)).isoformat()
    await sanna(
        "POST", f"{path}/annotations", json={"text": "Night shift heard the noise first.", "occurred_at": early}
    )
    await sanna("POST", f"{path}/escalate", json={"member_ids": [str(people[2].id)], "reason": "Needs a spare."})
    house.advance(minutes=10)
    summary = {
        "what_happened": "The infeed sensor of Filler 2 lost contact after the changeover; the line stopped.",
        "root_cause": "The plug of sensor B12 was not locked when the format parts were changed.",
        "root_cause_category": "Changeover",
        "resolution": "Sensor swapped, plug re-crimped and locked. Line back at full speed.",
        "resolution_type": "Repair",
        "impact": {"duration_minutes": 22, "lines_affected": 1, "units_lost": 13200, "cost": "4200.00"},
    }
    await timo("POST", f"{path}/resolve", json={"summary": summary})
    follow_up = {
        "description": "Add the plug to the changeover checklist",
        "assigned_to": str(people[2].id),
        "due_date": "2026-12-01",
    }
    house.advance(minutes=5)
    await sanna("POST", f"{path}/close", json={"follow_ups": [follow_up]})
    house.advance(minutes=12)


async def _declare(door: Door, **values: Any) -> Any:
    body = {
        name: [str(it) for it in value] if isinstance(value, list) else str(value) for name, value in values.items()
    }
    answer = await door("POST", "/incidents", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def _link_chat(house: WebHouse, incident_id: UUID) -> None:
    from haveri_contracts.plain import EntryType

    state: Incident = house.tenant.book.state(incident_id)
    house.tenant.book.record(
        incident_id,
        EntryType.NOTIFICATION,
        "incident.chat_linked",
        {"incident_id": str(state.id)},
        "system:teams-gateway",
        house.clock.now(),
    )
