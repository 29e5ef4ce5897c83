"""A simulation in words: one sentence, a table of who is called when, and why the other policies are not it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from haveri_contracts.escalation.models import SimulatedCall, Simulation
from haveri_contracts.escalation.queries import Simulate
from haveri_contracts.escalation.reasons import ReasonCode
from haveri_directory_copy.directory import Directory
from haveri_texts import time_of_day
from haveri_web.policies.reasons import ReasonWords
from haveri_web.policies.words import PolicyWords
from haveri_web.rendering.moments import local
from haveri_web.texts import Translate


@dataclass(frozen=True, slots=True)
class CalledView:
    """Somebody who would be called: why, how, and until when the call would wait."""

    name: str
    because: str
    via: str
    held_until: str


@dataclass(frozen=True, slots=True)
class CallView:
    """What would happen at a moment."""

    at: datetime
    after: str
    step: str
    people: list[CalledView]
    condition: str
    note: str
    style: str


@dataclass(frozen=True, slots=True)
class ConsideredView:
    """A policy that was looked at; `state` is wins, fits or does_not_fit."""

    name: str
    state: str
    why: str


@dataclass(frozen=True, slots=True)
class SimulationView:
    """Everything a simulation says."""

    sentence: str
    policy_name: str
    policy_version: int | None
    why: str
    silenced_until: datetime | None
    zone: ZoneInfo
    calls: list[CallView] = field(default_factory=list)
    considered: list[ConsideredView] = field(default_factory=list)


class Simulating:
    """Says what a simulation found."""

    def __init__(self, directory: Directory, t: Translate, words: PolicyWords, query: Simulate) -> None:
        self._directory = directory
        self._t = t
        self._words = words
        self._query = query
        self._zone = directory.zone_of(query.facility_id)
        self._begins = query.at

    def view(self, found: Simulation) -> SimulationView:
        """All of it. Times count from the declaration, or from the end of a maintenance window that it falls into."""
        found = ReasonWords(self._directory, self._t).model(found)
        self._begins = found.silenced_until or self._query.at
        return SimulationView(
            sentence=self._sentence(found),
            policy_name=found.policy_name,
            policy_version=found.policy_version,
            why=found.why,
            silenced_until=found.silenced_until,
            zone=self._zone,
            calls=[self._call(call) for call in found.calls],
            considered=[
                ConsideredView(item.name, _state(item.policy_id == found.policy_id, item.matches), item.why)
                for item in found.considered
            ],
        )

    def _sentence(self, found: Simulation) -> str:
        t, at = self._t, self._query.at.astimezone(self._zone)
        said = t(
            "simulate.when", weekday=t(f"weekday.{at.weekday()}"), clock=time_of_day(at, t.language), what=self._what()
        )
        if found.silenced_until is not None:
            said += t("simulate.silenced", until=local(found.silenced_until, self._zone, t.language, "day_clock"))
        said += self._first_round(found.calls)
        return said[0].upper() + said[1:]

    def _what(self) -> str:
        area = self._directory.areas.get(self._query.area_id) if self._query.area_id else None
        facility = self._directory.facilities.get(self._query.facility_id)
        place = area.name if area else facility.name if facility else ""
        if self._query.asset_type:
            place = f"{place}, {self._query.asset_type}"
        return self._t("simulate.what_at", severity=self._query.severity.value, place=place)

    def _first_round(self, calls: list[SimulatedCall]) -> str:
        parts = [self._part(call) for call in calls if call.round == 1 and call.step != 0]
        parts += [self._part(call) for call in calls if call.step == 0]
        return f"{', '.join(part for part in parts if part)}." if any(parts) else self._t("simulate.nobody")

    def _part(self, call: SimulatedCall) -> str:
        if not call.member_ids:
            return ""
        people, after = self._people(call), self._minutes(call)
        if call.step == 0:
            key = "simulate.last_resort" if after > 0 else "simulate.last_resort_now"
            return self._t(key, people=people, duration=self._words.duration(after))
        if after <= 0:
            return self._t("step.at_once", people=people)
        key = "step.after" if call.only_if_unacknowledged else "step.after_anyway"
        return self._t(key, people=people, duration=self._words.duration(after))

    def _people(self, call: SimulatedCall) -> str:
        """`Crew A (Satu, Timo) and Kari`: together who is called for the same reason."""
        groups: dict[str, list[str]] = {}
        for member_id in call.member_ids:
            groups.setdefault(self._because(call, member_id), []).append(self._name(member_id))
        said = [
            f"{because} ({', '.join(names)})" if because else self._t.listed(names) for because, names in groups.items()
        ]
        return self._t.listed(said)

    def _because(self, call: SimulatedCall, member_id: UUID) -> str:
        """Why somebody is called, other than by their own name."""
        reason = call.because_of.get(str(member_id))
        if reason is not None and reason.code == ReasonCode.BY_NAME:
            return ""
        if reason is not None and reason.code == ReasonCode.ADMINISTRATOR:
            return self._t("whom.administrators")
        return call.because.get(str(member_id), "")

    def _minutes(self, call: SimulatedCall) -> float:
        return (call.at - self._begins).total_seconds() / 60

    def _call(self, call: SimulatedCall) -> CallView:
        t = self._t
        minutes = self._minutes(call)
        step = t("form.last_resort") if call.step == 0 else t("form.step", count=call.step)
        return CallView(
            at=call.at,
            after=t("simulate.after", minutes=f"{minutes:g}") if minutes > 0 else "",
            step=t("simulate.step_in_round", step=step, round=call.round) if call.round > 1 and call.step else step,
            people=[self._called(call, number, member_id) for number, member_id in enumerate(call.member_ids)],
            condition=t("simulate.if_unanswered") if call.only_if_unacknowledged and minutes > 0 else "",
            note=call.note,
            style="clock" if self._day(call.at) == self._day(self._query.at) else "day_clock",
        )

    def _called(self, call: SimulatedCall, number: int, member_id: UUID) -> CalledView:
        held = call.held_until.get(str(member_id))
        return CalledView(
            name=self._name(member_id),
            because=self._because(call, member_id),
            via=self._t(f"via.{call.via[number].value}") if number < len(call.via) else "",
            held_until=self._t("simulate.held", until=local(held, self._zone, self._t.language, "day_clock"))
            if held
            else "",
        )

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self._zone).date()

    def _name(self, member_id: UUID) -> str:
        member = self._directory.members.get(member_id)
        return member.name if member else self._t("words.gone")


def _state(wins: bool, matches: bool) -> str:
    return "wins" if wins else "fits" if matches else "does_not_fit"
