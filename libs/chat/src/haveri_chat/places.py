"""Where an incident is: the facility, area and assets that somebody's words mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from haveri_chat.naming import Match, find_named, named_in
from haveri_chat.plant import Plant, Who
from haveri_chat.texts import words
from haveri_contracts.directory.models import Area, Asset, Locale


@dataclass(frozen=True)
class Place:
    """Words that may name a place: `in <area>` or `on <asset>`, in the order and spelling typed."""

    preposition: Literal["in", "on"]
    name: str


@dataclass(frozen=True)
class Unknown:
    """A phrase that names no place known here, and the names that are near."""

    place: Place
    near: tuple[str, ...]


@dataclass(frozen=True)
class Located:
    """What the words mean. `facility_id` None: ask. `title` is what is left to say; `unknown` is worth telling."""

    title: str
    facility_id: UUID | None
    area_id: UUID | None = None
    asset_ids: tuple[UUID, ...] = ()
    unknown: tuple[Unknown, ...] = ()


@dataclass
class _Search:
    plant: Plant
    home: frozenset[UUID]
    area: Area | None = None
    asset: Asset | None = None
    unknown: list[Unknown] = field(default_factory=list)

    def facility_of(self, item: Area | Asset) -> UUID | None:
        area = item if isinstance(item, Area) else self.plant.areas.get(item.area_id)
        return area.facility_id if area else None

    def at_home(self, item: Area | Asset) -> bool:
        """True when it is where the person works, or inside the area or beside the asset already named."""
        if self.area is not None and isinstance(item, Asset):
            return item.area_id == self.area.id
        if self.asset is not None and isinstance(item, Area):
            return item.id == self.asset.area_id
        return self.facility_of(item) in self.home

    def take(self, place: Place) -> bool:
        """Understand one phrase; False when it names nothing known. Areas may stand after `on`, assets after `in`."""
        area: Match[Area] = find_named(place.name, self.plant.areas.values(), self.at_home)
        asset: Match[Asset] = find_named(place.name, self.plant.assets.values(), self.at_home)
        wants_asset = place.preposition == "on"
        if asset.item is not None and self.asset is None and (wants_asset or area.item is None):
            self.asset = asset.item
        elif area.item is not None and self.area is None:
            self.area = area.item
        else:
            near = (*asset.near, *area.near) if wants_asset else (*area.near, *asset.near)
            self.unknown.append(Unknown(place, near[:5]))
            return False
        return True


def locate(what: str, places: tuple[Place, ...], who: Who, plant: Plant) -> Located:
    """Read `in` and `on` from the end as far as they name known places; the rest stays in the title."""
    search = _Search(plant, home_facilities(who, plant))
    left = list(places)
    while left and search.take(left[-1]):
        left.pop()
    title = " ".join([what, *(f"{place.preposition} {place.name}" for place in left)]).strip()
    named = _named_assets(title, search)
    assets = [search.asset] if search.asset else named
    area = search.area or _area_of(assets, search) or _named_area(title, search)
    facility = _facility(area, assets, search)
    inside = [asset for asset in assets if search.facility_of(asset) == facility]
    area = area if area is not None and area.facility_id == facility else None
    unknown = tuple(
        item for item in search.unknown if item.near or (area is None and not inside and _meant(item.place, who.locale))
    )
    return Located(title, facility, area.id if area else None, tuple(asset.id for asset in inside), unknown)


def _meant(place: Place, locale: Locale) -> bool:
    """True when a phrase was surely meant to name a place: in Finnish "on" is a verb, as in "linja on rikki".

    The text `words.place` has those of `in` and `on` that are no ordinary words of the language.
    """
    named = place.name[:1].isupper() or any(char.isdigit() for char in place.name)
    return named or place.preposition in words(locale, "place")


def home_facilities(who: Who, plant: Plant) -> frozenset[UUID]:
    """The facilities of the teams a member belongs to."""
    return frozenset(plant.facilities_of(who.member))


def _named_assets(title: str, search: _Search) -> list[Asset]:
    found = named_in(title, search.plant.assets.values())
    return [asset for asset in found if search.at_home(asset)] or (found if len(found) == 1 else [])


def _named_area(title: str, search: _Search) -> Area | None:
    found = named_in(title, search.plant.areas.values())
    near = [area for area in found if search.at_home(area)] or found
    return near[0] if len(near) == 1 else None


def _area_of(assets: list[Asset], search: _Search) -> Area | None:
    areas = {asset.area_id for asset in assets}
    return search.plant.areas.get(areas.pop()) if len(areas) == 1 else None


def _facility(area: Area | None, assets: list[Asset], search: _Search) -> UUID | None:
    if area is not None:
        return area.facility_id
    named = {search.facility_of(asset) for asset in assets}
    for facilities in (named, set(search.home), set(search.plant.facilities)):
        if len(facilities) == 1:
            return facilities.pop()
    return None
