"""What the fields of forms with rows say, as typed: whom to call, and times of day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from starlette.datastructures import FormData

from haveri_contracts.directory.models import Weekday
from haveri_contracts.escalation.models import Notify, TimeOfDay
from haveri_web.policies.words import plain_role
from haveri_web.rendering.fields import many, one

MOST_ROWS = 50
EVERY_DAY = [day.value for day in Weekday]


@dataclass(slots=True)
class Picks:
    """Whom the boxes name."""

    member_ids: list[str] = field(default_factory=list)
    team_ids: list[str] = field(default_factory=list)
    shift_roles: list[str] = field(default_factory=list)
    round_robin: bool = False

    @classmethod
    def of(cls, notify: Notify | None) -> Picks:
        """The boxes of whom to call."""
        if notify is None:
            return cls()
        roles = list(dict.fromkeys(map(plain_role, notify.shift_roles)))
        return cls(texts(notify.member_ids), texts(notify.team_ids), roles, notify.round_robin)

    @classmethod
    def read(cls, fields: FormData, name: str) -> Picks:
        """The boxes as they were sent."""
        return cls(
            many(fields, f"{name}.member_ids"),
            many(fields, f"{name}.team_ids"),
            many(fields, f"{name}.shift_roles"),
            f"{name}.round_robin" in fields,
        )

    @property
    def count(self) -> int:
        """How many are ticked."""
        return len(self.member_ids) + len(self.team_ids) + len(self.shift_roles)

    def values(self) -> dict[str, Any]:
        """As the contract has it."""
        return asdict(self)


@dataclass(slots=True)
class TimeRow:
    """A time of day. No day ticked means every day."""

    days: list[str] = field(default_factory=lambda: list(EVERY_DAY))
    start: str = ""
    end: str = ""
    shift: str = ""
    holidays: str = "any"

    @classmethod
    def of(cls, time: TimeOfDay) -> TimeRow:
        """The fields of a time."""
        return cls(
            texts(time.days) or list(EVERY_DAY), time.start or "", time.end or "", time.shift or "", time.holidays
        )

    @classmethod
    def read(cls, fields: FormData, name: str) -> TimeRow:
        """The fields as they were sent."""
        return cls(
            many(fields, f"{name}.days"),
            one(fields, f"{name}.from"),
            one(fields, f"{name}.to"),
            one(fields, f"{name}.shift"),
            one(fields, f"{name}.holidays") or "any",
        )

    def values(self) -> dict[str, Any]:
        """As the contract has it."""
        return {
            "days": self.days or EVERY_DAY,
            # Some browsers send seconds when the field once had some.
            "from": self.start[:5] or None,
            "to": self.end[:5] or None,
            "shift": self.shift or None,
            "holidays": self.holidays,
        }


def rows(fields: FormData, name: str) -> range:
    """The numbers of the rows that the form had."""
    count = one(fields, name)
    return range(min(int(count), MOST_ROWS) if count.isdecimal() and len(count) < 4 else 0)


def texts(values: Iterable[UUID | str]) -> list[str]:
    """Ids and names as fields have them."""
    return [str(value) for value in values]
