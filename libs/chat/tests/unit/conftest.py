"""A small plant in two countries, and incidents in it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import pytest

from haveri_chat.plant import Plant, Who
from haveri_contracts.directory.models import Area, Asset, ChatIdentity, Facility, Locale, Member, Organization, Team
from haveri_contracts.incident.models import Incident
from haveri_contracts.plain import Role, Severity, Status
from haveri_directory_copy.directory import by_id

sys.path.insert(0, str(Path(__file__).parents[1]))

SPACE = UUID(int=7)


def an_id(name: str) -> UUID:
    return uuid5(SPACE, name)


def _member(name: str, role: Role, team: str, locale: Locale = "en") -> Member:
    slug = name.lower().replace(" ", ".")
    return Member(
        id=an_id(name),
        name=name,
        email=f"{slug}@example.com",
        role=role,
        team_ids=[an_id(team)],
        chat_identities=[ChatIdentity(platform="teams", user_id=f"user-{slug}")],
        locale=locale,
    )


@pytest.fixture
def plant() -> Plant:
    tampere, leipzig = an_id("Tampere Works"), an_id("Leipzig Works")
    return Plant(
        organization=Organization(id="demo", name="Haveri"),
        facilities=by_id(
            [
                Facility(id=tampere, name="Tampere Works", timezone="Europe/Helsinki"),
                Facility(id=leipzig, name="Leipzig Works", timezone="Europe/Berlin"),
            ]
        ),
        areas=by_id(
            [
                Area(id=an_id("T Line 1"), name="Line 1", facility_id=tampere),
                Area(id=an_id("T Line 2"), name="Line 2", facility_id=tampere),
                Area(id=an_id("L Line 1"), name="Line 1", facility_id=leipzig),
                Area(id=an_id("Press Hall"), name="Press Hall", facility_id=leipzig),
            ]
        ),
        assets=by_id(
            [
                Asset(id=an_id("Filler 1"), name="Filler 1", area_id=an_id("T Line 1"), asset_type="filler"),
                Asset(id=an_id("Filler 2"), name="Filler 2", area_id=an_id("T Line 1"), asset_type="filler"),
                Asset(id=an_id("Täyttökone"), name="Täyttökone", area_id=an_id("T Line 2"), asset_type="filler"),
                Asset(id=an_id("Press 7"), name="Press 7", area_id=an_id("Press Hall"), asset_type="press"),
            ]
        ),
        teams=by_id(
            [
                Team(id=an_id("Packing"), name="Packing", facility_id=tampere),
                Team(id=an_id("Forming"), name="Forming", facility_id=leipzig),
            ]
        ),
        members=by_id(
            [
                _member("Aino Virtanen", Role.RESPONDER, "Packing"),
                _member("Mikko Laine", Role.RESPONDER, "Packing", "fi"),
                _member("Mikko Salo", Role.MANAGER, "Packing"),
                _member("Jonas Weber", Role.RESPONDER, "Forming", "de"),
                _member("Petra Adam", Role.ADMINISTRATOR, "Packing"),
                _member("Ville Visitor", Role.VIEWER, "Packing"),
            ]
        ),
    )


@pytest.fixture
def named(plant: Plant) -> Callable[[str], Who]:
    """The member of this name, as the one who speaks."""
    return lambda name: Who(plant.members[an_id(name)])


@pytest.fixture
def new_id() -> Callable[[], UUID]:
    numbers = iter(range(1, 10_000))
    return lambda: UUID(int=next(numbers))


@pytest.fixture
def make_incident() -> Callable[..., Incident]:
    """INC-4, with whatever is said to be different."""

    def make(**different: Any) -> Incident:
        declared = datetime(2026, 11, 21, 1, 10, tzinfo=UTC)
        values: dict[str, Any] = {
            "id": an_id("INC-4"),
            "number": "INC-4",
            "title": "Filler 2 jammed, line 1 down",
            "status": Status.DECLARED,
            "severity": Severity.SEV1,
            "declared_by": f"member:{an_id('Aino Virtanen')}",
            "declared_at": declared,
            "facility_id": an_id("Tampere Works"),
            "area_id": an_id("T Line 1"),
            "asset_ids": [an_id("Filler 2")],
            "assigned_to": an_id("Aino Virtanen"),
            "updated_at": declared,
            "version": 1,
        }
        return Incident(**(values | different))

    return make


@pytest.fixture
def known_id() -> Callable[[str], UUID]:
    """The id of a thing of this plant."""
    return an_id
