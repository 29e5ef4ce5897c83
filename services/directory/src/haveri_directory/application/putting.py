"""What every put has in common: nothing is written or published when nothing changes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from haveri_contracts.directory import events
from haveri_contracts.directory.models import Area, Asset, Facility, Member, Team
from haveri_contracts.message import Event
from haveri_directory.domain.refusals import NameTaken
from haveri_directory.store.rows import Membership, Thing
from haveri_directory.store.unit_of_work import UnitOfWork


async def put(work: UnitOfWork, thing: Facility | Area | Asset) -> dict[str, Any]:
    """Write a thing whose references and role have been checked; raises NameTaken."""
    await check_name(work, thing)
    if await work.find(type(thing), thing.id) != thing:
        await work.store([thing])
        work.publish(event_of(thing))
    return result_of(thing)


async def check_name(work: UnitOfWork, thing: Facility | Area | Asset | Team) -> None:
    """Raise NameTaken when another thing of this kind has this name in the same place."""
    if await work.namesake(thing) is not None:
        words = f"Another {kind_of(thing)} there is called {thing.name!r}; upper and lower case are the same."
        raise NameTaken(words).at("name")


async def change_memberships(work: UnitOfWork, removed: Iterable[Membership], added: Iterable[Membership]) -> None:
    """End and begin memberships, and publish every team and member that now looks different."""
    removed, added = set(removed), set(added)
    await work.change_memberships(removed, added)
    touched = removed | added
    await publish_changes_of(work, {team for team, _ in touched}, {member for _, member in touched})


async def publish_changes_of(work: UnitOfWork, teams: set[UUID], members: set[UUID]) -> None:
    """Publish how these teams and members stand now."""
    work.publish(*(event_of(team) for team in await work.find_all(Team, teams)))
    work.publish(*(event_of(member) for member in await work.find_all(Member, members)))


def kind_of(thing: Thing) -> str:
    """What a thing is called in commands and results."""
    return type(thing).__name__.lower()


def result_of(thing: Thing) -> dict[str, Any]:
    """The result of a command that put a thing."""
    return {kind_of(thing): thing.model_dump(mode="json")}


def event_of(thing: Thing) -> Event:
    """The event that says how a thing stands now."""
    match thing:
        case Facility():
            return events.FacilityPut(facility=thing)
        case Area():
            return events.AreaPut(area=thing)
        case Asset():
            return events.AssetPut(asset=thing)
        case Team():
            return events.TeamPut(team=thing)
        case Member():
            return events.MemberPut(member=thing)
