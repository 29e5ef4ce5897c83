"""What the directory's events change in a copy: each carries the whole thing as it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

from haveri_contracts.directory import events
from haveri_contracts.message import Message
from haveri_contracts.plain import name_key
from haveri_directory_copy.directory import Directory, id_of

_PUTS: dict[type[Message], tuple[str, str]] = {
    events.FacilityPut: ("facilities", "facility"),
    events.AreaPut: ("areas", "area"),
    events.AssetPut: ("assets", "asset"),
    events.TeamPut: ("teams", "team"),
    events.MemberPut: ("members", "member"),
    events.RotationPut: ("rotations", "rotation"),
    events.ShiftChangePut: ("changes", "change"),
    events.HolidaysChanged: ("calendars", "calendar"),
}
"""In which table what stands in which field of an event is put."""

_TABLE_OF = {"facility": "facilities", "area": "areas", "asset": "assets", "team": "teams", "member": "members"}
_SCHEDULES = {"rotations", "changes", "calendars"}
_ORDERING_CHARACTERS = 60
"""As the directory's own lists: how much of a name orders them."""


def with_events(directory: Directory, happened: Iterable[Message], *, schedules: bool) -> Directory:
    """The directory after these events, in their order; those of schedules count where `schedules` are kept.

    A table that changes is copied once for all of them: who reads the old directory keeps it whole.
    """
    organization, moved = directory.organization, set[str]()
    tables: dict[str, dict[UUID, Any]] = {}
    for event in happened:
        if isinstance(event, events.OrganizationCreated):
            organization = event.organization
        for name, id, thing in _changes_of(event):
            if name in _SCHEDULES and not schedules:
                continue
            if name not in tables:
                tables[name] = dict(getattr(directory, name))
            old = tables[name].get(id)
            if thing is None:
                tables[name].pop(id, None)
                continue
            tables[name][id] = thing
            if old is None or _place(old) != _place(thing):
                moved.add(name)
    for name in moved:
        tables[name] = dict(sorted(tables[name].items(), key=lambda item: _place(item[1])))
    return replace(directory, organization=organization, **tables)


def _changes_of(event: Message) -> Iterator[tuple[str, UUID, Any]]:
    """In which table what stands under an id now; None is nothing any more."""
    match event:
        case events.Removed():
            yield _TABLE_OF[event.kind_of_thing], event.id, None
            if event.kind_of_thing == "facility":
                yield "calendars", event.id, None  # its holidays end with it, and no event says so
        case events.RotationRemoved():
            yield "rotations", event.rotation_id, None
        case events.ShiftChangeCancelled():
            yield "changes", event.change_id, None
        case _ if put := _PUTS.get(type(event)):
            thing = getattr(event, put[1])
            yield put[0], id_of(thing), thing


def _place(thing: Any) -> tuple[Any, UUID]:
    if hasattr(thing, "name"):
        return name_key(thing.name)[:_ORDERING_CHARACTERS], thing.id
    return getattr(thing, "starts_at", None), id_of(thing)
