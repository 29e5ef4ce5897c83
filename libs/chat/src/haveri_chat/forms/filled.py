"""The values of a filled-in form, read one by one; what is wrong is collected in the person's language."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from haveri_chat.plant import Plant
from haveri_chat.said_dates import read_date
from haveri_chat.texts import say
from haveri_chat.tidying import one_line, tidy
from haveri_contracts.directory.models import Area, Asset, Facility, Locale

T = TypeVar("T", Facility, Area, Asset)

_NOWHERE = UUID(int=0)
_MONEY = re.compile(r"[0-9]{1,14}([.,][0-9]{1,2})?")
_WHOLE = re.compile(r"[0-9]{1,12}([.,]0+)?")


@dataclass
class Chosen:
    """The place that was chosen; `facility_id` says nothing while there are errors."""

    facility_id: UUID = _NOWHERE
    area_id: UUID | None = None
    asset_ids: list[UUID] = field(default_factory=list)


class Filled:
    """Reads values. `errors` says by field what has to be filled in differently."""

    def __init__(self, values: Mapping[str, str], locale: Locale, plant: Plant) -> None:
        self.values = {key: tidy(str(value)) for key, value in values.items() if value is not None}
        self.locale = locale
        self.errors: dict[str, str] = {}
        self._plant = plant

    def wrong(self, id: str, key: str, **details: object) -> None:
        """Say what is wrong with a field; the first thing said stands."""
        self.errors.setdefault(id, say(self.locale, key, **details))

    def text(self, id: str, longest: int, *, required: bool = False) -> str:
        """A text of at most `longest` characters."""
        value = self.values.get(id, "")
        if required and not value:
            self.wrong(id, "error.required")
        if len(value) > longest:
            self.wrong(id, "error.too_long", length=len(value), longest=longest)
        return value

    def choice(self, id: str, choices: Collection[str], *, required: bool = False) -> str:
        """One of the choices, or empty."""
        value = self.text(id, 200, required=required)
        if value and value not in choices:
            self.wrong(id, "error.choice")
        return value

    def member(self, id: str, *, required: bool = False) -> UUID | None:
        """A member, chosen by id or by the platform's user id."""
        value = self.text(id, 200, required=required)
        if not value:
            return None
        known = self._plant.member_of_user.get(value)
        member_id = known.id if known else _uuid(value)
        if member_id not in self._plant.member:
            self.wrong(id, "error.member")
        return member_id

    def required_member(self, id: str) -> UUID:
        """A member who has to be chosen; it says nothing while there are errors."""
        return self.member(id, required=True) or _NOWHERE

    def team(self, id: str) -> UUID | None:
        """A team's id."""
        team_id = _uuid(self.choice(id, {str(team) for team in self._plant.team}))
        return team_id if team_id in self._plant.team else None

    def policy(self, id: str, facility_id: UUID) -> UUID | None:
        """The id of one of a facility's escalation policies."""
        known = {str(item.id): item.id for item in self._plant.policies if item.facility_id == facility_id}
        return known.get(self.choice(id, known))

    def date(self, id: str) -> date | None:
        """A calendar day."""
        value = self.values.get(id, "")
        due = read_date(value) if value else None
        if value and due is None:
            self.wrong(id, "error.date")
        return due

    def whole(self, id: str, largest: int) -> int | None:
        """A whole number from 0."""
        value = one_line(self.values.get(id, "")).replace(" ", "")
        if not value:
            return None
        number = int(re.split("[.,]", value)[0]) if _WHOLE.fullmatch(value) else -1
        if not 0 <= number <= largest:
            self.wrong(id, "error.number", largest=largest)
        return number

    def money(self, id: str) -> Decimal | None:
        """An amount of at least 0 with at most two decimals."""
        value = one_line(self.values.get(id, "")).replace(" ", "")
        if not value:
            return None
        if not _MONEY.fullmatch(value):
            self.wrong(id, "error.money")
            return None
        return Decimal(value.replace(",", "."))

    def place(self, facility_id: str, area_id: str, asset_id: str) -> Chosen:
        """Facility, area and asset that belong together; an asset names its area, an area its facility."""
        facility = self._item(facility_id, self._plant.facility)
        area = self._item(area_id, self._plant.area)
        asset = self._item(asset_id, self._plant.asset)
        if asset is not None and area is None:
            area = self._plant.area.get(asset.area_id)
        if area is not None and facility is None:
            facility = self._plant.facility.get(area.facility_id)
        if facility is None:
            self.wrong(facility_id, "error.required")
        elif area is not None and area.facility_id != facility.id:
            self.wrong(area_id if self.values.get(area_id) else asset_id, "error.elsewhere", facility=facility.name)
        elif asset is not None and area is not None and asset.area_id != area.id:
            self.wrong(asset_id, "error.elsewhere", facility=area.name)
        return Chosen(
            facility.id if facility else _NOWHERE, area.id if area else None, [asset.id] if asset is not None else []
        )

    def _item(self, id: str, items: Mapping[UUID, T]) -> T | None:
        value = self.values.get(id, "")
        item = items.get(_uuid(value) or _NOWHERE)
        if value and item is None:
            self.wrong(id, "error.choice")
        return item


def _uuid(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None
