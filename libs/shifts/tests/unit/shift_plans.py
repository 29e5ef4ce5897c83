"""Plans that the tests of this folder share: a plant in Tampere with three crews, and rotations of every known kind."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from haveri_shifts.patterns import crew_patterns
from haveri_shifts.plan import Change, ChangeKind, Crew, Duty, Plan, Rotation, Slot, Team, WeeklyShift

EVERY_DAY = frozenset(range(7))
TAMPERE = ZoneInfo("Europe/Helsinki")
AINO, EERO, HENNA, JARI, LIISA, MIKKO = (UUID(int=number) for number in range(1, 7))
CREW_A, CREW_B = UUID(int=100), UUID(int=101)

EARLY, LATE, NIGHT = (
    Slot("Early", time(6), time(14)),
    Slot("Late", time(14), time(22)),
    Slot("Night", time(22), time(6)),
)
DAY_12, NIGHT_12 = Slot("Day", time(6), time(18)), Slot("Night", time(18), time(6))
ROUND_THE_CLOCK = Slot("On call", time(7), time(7))

ROUND_THE_CLOCK_KINDS = [
    ("fixed", (ROUND_THE_CLOCK,), 1),
    ("fixed", (DAY_12, NIGHT_12), 2),
    ("fixed", (EARLY, LATE, NIGHT), 3),
    ("2-2-3", (DAY_12, NIGHT_12), 4),
    ("2-2-3", (ROUND_THE_CLOCK,), 2),
    ("4-on-4-off", (DAY_12, NIGHT_12), 4),
    ("4-on-4-off", (ROUND_THE_CLOCK,), 2),
    ("three-shift", (EARLY, LATE, NIGHT), 3),
    ("three-shift", (EARLY, LATE, NIGHT), 4),
    ("three-shift", (EARLY, LATE, NIGHT), 5),
]
"""Every known kind, with slots that fill 24 hours and a number of crews that fits."""


def rotation_of(kind: str, slots: tuple[Slot, ...], crews: int, first_day: date = date(2024, 1, 1)) -> Rotation:
    """A rotation whose crews are the teams 1000, 1001, ..."""
    patterns = enumerate(crew_patterns(kind, slots, crews))
    manned = tuple(Crew(UUID(int=1000 + number), own.pattern, own.offset_days) for number, own in patterns)
    return Rotation(UUID(int=9), f"{kind} with {crews}", first_day, None, slots, manned)


def plan_with(rotation: Rotation, zone: ZoneInfo, holidays: frozenset[date] = frozenset()) -> Plan:
    """A plan with one rotation whose crews are teams of one member each."""
    teams = tuple(
        Team(crew.team_id, f"Crew {number}", (UUID(int=2000 + number),)) for number, crew in enumerate(rotation.crews)
    )
    return Plan(zone, teams, (rotation,), holidays=holidays)


def plant(*changes: Change) -> Plan:
    """Crew A (Aino leads, Eero, Henna) works by day and Crew B (Jari leads, Liisa) by night, on every day."""
    leads = (("lead", frozenset({AINO, JARI})),)
    crew_a = Team(CREW_A, "Crew A", (AINO, EERO, HENNA), (WeeklyShift("Day", EVERY_DAY, time(6), time(18)),), leads)
    crew_b = Team(CREW_B, "Crew B", (JARI, LIISA), (WeeklyShift("Night", EVERY_DAY, time(18), time(6)),), leads)
    return Plan(TAMPERE, (crew_a, crew_b), (), changes)


def change(kind: str, starts_at: datetime, ends_at: datetime, **fields: object) -> Change:
    """A change in Crew A unless another team is said; ids count up in the order of calls unless one is said."""
    fields = {"id": next(_ids), "team_id": CREW_A, **fields}
    return Change(kind=ChangeKind(kind), starts_at=starts_at, ends_at=ends_at, **fields)  # type: ignore[arg-type]


def june(day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A moment on the wall in Tampere, in June 2026."""
    return datetime(2026, 6, day, hour, minute, tzinfo=TAMPERE).astimezone(UTC)


def who(found: list[Duty], team_id: UUID | None = None) -> list[UUID]:
    """Whose duties these are."""
    return [duty.member_id for duty in found if team_id in {None, duty.team_id}]


_ids = (UUID(int=number) for number in range(10_000, 100_000))
