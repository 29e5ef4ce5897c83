"""Who is called: what members, teams and roles of the shift come to at a moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from haveri_contracts.escalation.models import Chain, FacilitySettings, Notify
from haveri_contracts.escalation.reasons import Reason, ReasonCode
from haveri_escalation.domain.people import Found, Named, Roster
from haveri_escalation.domain.policies import LEAD, ON_SHIFT
from haveri_shifts.calculation import on_shift
from haveri_shifts.plan import Duty, Plan, Team

_ALIASES = {"shift_lead": LEAD, "supervisor": LEAD, "crew": ON_SHIFT}
_BY_NAME = Reason(ReasonCode.BY_NAME)


def role_name(role: str) -> str:
    """A role as duties have it: casefolded, by its own name where people also say it differently."""
    folded = role.strip().casefold()
    return _ALIASES.get(folded, folded)


def find(
    roster: Roster, notify: Notify, facility_id: UUID, at: datetime, turns: Mapping[UUID, int] | None = None
) -> Found:
    """Whom `notify` comes to at `at` (aware), each once; `turns` are the counts of round-robin teams so far.

    When teams are named and nobody at all is found, everybody in those teams is.
    """
    search = _Search(roster, facility_id, at, turns or {})
    for member_id in notify.member_ids:
        search.add_named(member_id)
    for team_id in notify.team_ids:
        search.add_team_on_shift(team_id, round_robin=notify.round_robin)
    for role in notify.shift_roles:
        search.add_role(role_name(role))
    if not search.people:
        for team_id in notify.team_ids:
            search.add_whole_team(team_id)
    return search.found()


def last_resort(
    roster: Roster,
    chain: Chain | None,
    settings: FacilitySettings | None,
    facility_id: UUID,
    at: datetime,
    turns: Mapping[UUID, int] | None = None,
) -> Found:
    """The last resort's people at `at`: the chain's, else the facility's, else the administrators.

    One that comes to nobody falls to the next.
    """
    in_vain: list[Reason] = []
    of_chain = chain.last_resort.notify if chain is not None and chain.last_resort is not None else None
    for notify in (of_chain, settings.last_resort if settings is not None else None):
        if notify is None:
            continue
        found = find(roster, notify, facility_id, at, turns)
        in_vain.extend(found.in_vain)
        if found.people:
            return Found(found.people, _once(in_vain), found.turns)
    search = _Search(roster, facility_id, at, {})
    for person in roster.people.values():
        if person.is_administrator:
            search.add(person.id, Reason.of(ReasonCode.ADMINISTRATOR))
    if not search.people:
        in_vain.append(Reason.of(ReasonCode.NO_ADMINISTRATOR))
    return Found(search.found().people, _once(in_vain))


def find_or_last_resort(
    roster: Roster,
    notify: Notify,
    chain: Chain | None,
    settings: FacilitySettings | None,
    facility_id: UUID,
    at: datetime,
    turns: Mapping[UUID, int] | None = None,
) -> Found:
    """As `find`; when that is nobody, the last resort's people, with all that was named in vain."""
    found = find(roster, notify, facility_id, at, turns)
    if found.people:
        return found
    instead = last_resort(roster, chain, settings, facility_id, at, turns)
    return Found(instead.people, _once((*found.in_vain, *instead.in_vain)), instead.turns)


class _Search:
    """People found so far, each once, and what was named in vain."""

    def __init__(self, roster: Roster, facility_id: UUID, at: datetime, turns: Mapping[UUID, int]) -> None:
        self._roster = roster
        self._facility_id = facility_id
        self._at = at
        self._turns = turns
        self._new_turns: dict[UUID, int] = {}
        self._in_vain: list[Reason] = []
        self._off_shift: list[Reason] = []
        self._a_team_is_there = False
        self._by_facility: dict[UUID, list[Duty]] = {}
        self._by_team: dict[UUID, dict[UUID, list[Duty]]] = {}
        self._awake: set[int] | None = None
        self.people: dict[UUID, Named] = {}

    def found(self) -> Found:
        """What there is. That some teams are off is no news while another of them works: crews take turns."""
        off_shift = [] if self._a_team_is_there else self._off_shift
        return Found(tuple(self.people.values()), _once([*off_shift, *self._in_vain]), self._new_turns)

    def add(self, member_id: UUID, because: Reason, *, on_shift: bool | None = None) -> None:
        """A member who can be called, unless there already; whether they are on shift is looked up when not known."""
        if member_id not in self.people and self._may_be_called(member_id):
            on_shift = self._is_on_shift(member_id) if on_shift is None else on_shift
            self.people[member_id] = Named(member_id, because, on_shift)

    def add_named(self, member_id: UUID) -> None:
        """A member by name."""
        if member_id not in self._roster.people:
            self._in_vain.append(Reason.of(ReasonCode.MEMBER_GONE))
        self.add(member_id, _BY_NAME)

    def add_team_on_shift(self, team_id: UUID, *, round_robin: bool) -> None:
        """Those of a team who are on shift (everybody when it has no plan); one of them, in turn."""
        plant, team = self._roster.team(team_id)
        if plant is None or team is None:
            self._in_vain.append(Reason.of(ReasonCode.TEAM_GONE))
            return
        if _has_plan(team, self._roster.plans[plant]):
            duties = self._duties_of(team, plant)
            by_shift = _by_shift(duties, ReasonCode.IN_TEAM_ON_SHIFT, team_id=team_id)
            because = {duty.member_id: by_shift[duty.shift] for duty in duties}
            on_shift: bool | None = True
        else:
            because, on_shift = dict.fromkeys(team.member_ids, Reason.of(ReasonCode.IN_TEAM, team_id=team_id)), None
        if because:
            self._a_team_is_there = True
        elif team.member_ids:
            self._off_shift.append(Reason.of(ReasonCode.TEAM_OFF_SHIFT, team_id=team_id))
        else:
            self._in_vain.append(Reason.of(ReasonCode.TEAM_EMPTY, team_id=team_id))
        named = list(because)
        if round_robin and (named := [member_id for member_id in because if self._may_be_called(member_id)]):
            turn = self._turns.get(team_id, 0)
            named = [named[turn % len(named)]]
            self._new_turns[team_id] = turn + 1
        for member_id in named:
            self.add(member_id, because[member_id], on_shift=on_shift)

    def add_whole_team(self, team_id: UUID) -> None:
        """Everybody in a team, on shift or not."""
        _, team = self._roster.team(team_id)
        if team is not None:
            for member_id in team.member_ids:
                self.add(member_id, Reason.of(ReasonCode.IN_TEAM, team_id=team_id))

    def add_role(self, role: str) -> None:
        """Everybody on shift at the facility who has a role."""
        having = [duty for duty in self._duties(self._facility_id) if role == ON_SHIFT or role in duty.roles]
        if not having:
            self._in_vain.append(
                Reason.of(ReasonCode.NOBODY_ON_SHIFT)
                if role == ON_SHIFT
                else Reason.of(ReasonCode.ROLE_OFF_SHIFT, role=role)
            )
        because = (
            _by_shift(having, ReasonCode.ON_SHIFT)
            if role == ON_SHIFT
            else _by_shift(having, ReasonCode.HAS_ROLE, role=role)
        )
        for duty in having:
            self.add(duty.member_id, because[duty.shift], on_shift=True)

    def _may_be_called(self, member_id: UUID) -> bool:
        person = self._roster.people.get(member_id)
        if person is None:
            return False
        if not person.may_respond:
            self._in_vain.append(Reason.of(ReasonCode.MAY_NOT_RESPOND, member_id=member_id))
        return person.may_respond

    def _duties(self, facility_id: UUID) -> list[Duty]:
        if facility_id not in self._by_facility:
            plan = self._roster.plans.get(facility_id)
            self._by_facility[facility_id] = on_shift(plan, self._at) if plan is not None else []
        return self._by_facility[facility_id]

    def _duties_of(self, team: Team, facility_id: UUID) -> list[Duty]:
        if facility_id not in self._by_team:
            # They come team by team.
            by_team = groupby(self._duties(facility_id), key=attrgetter("team_id"))
            self._by_team[facility_id] = {team_id: list(duties) for team_id, duties in by_team}
        return self._by_team[facility_id].get(team.id, [])

    def _is_on_shift(self, member_id: UUID) -> bool:
        if self._awake is None:
            # At any facility: who works elsewhere is awake, too.
            # As numbers: Python hashes a UUID slowly, and this is everybody who works.
            self._awake = {duty.member_id.int for plant in self._roster.plans for duty in self._duties(plant)}
        return member_id.int in self._awake


def _has_plan(team: Team, plan: Plan) -> bool:
    return bool(team.shifts) or any(crew.team_id == team.id for rotation in plan.rotations for crew in rotation.crews)


def _by_shift(duties: Iterable[Duty], code: ReasonCode, **params: UUID | str) -> dict[str, Reason]:
    """Why whoever is on one of these shifts is called: one reason for each shift, not for each person."""
    return {shift: Reason.of(code, **params, shift=shift) for shift in {duty.shift for duty in duties}}


def _once(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    once: list[Reason] = []
    once.extend(reason for reason in reasons if reason not in once)
    return tuple(once)
