"""The form of a policy: what stands in its fields, as typed, and the policy that comes of it.

Fields are named like the policy's own (`steps.0.after_minutes`), so that whatever is said about one finds its place.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import FormData

from haveri_contracts.escalation.models import EscalationPolicy
from haveri_contracts.plain import Severity
from haveri_web.bus.queries import valid
from haveri_web.domain.refusals import InvalidRequest
from haveri_web.policies.form_fields import MOST_ROWS, Picks, TimeRow, rows, texts
from haveri_web.rendering.fields import many, one

Findings = list[dict[str, str]]


@dataclass(slots=True)
class StepRow:
    """A step."""

    after_minutes: str = "0"
    only_if_unacknowledged: bool = True
    notify: Picks = field(default_factory=Picks)

    @classmethod
    def read(cls, fields: FormData, name: str) -> StepRow:
        """The fields as they were sent."""
        return cls(
            one(fields, f"{name}.after_minutes"),
            f"{name}.only_if_unacknowledged" in fields,
            Picks.read(fields, f"{name}.notify"),
        )


@dataclass(slots=True)
class PolicyForm:
    """Everything that stands in the form."""

    id: str
    facility_id: str
    version: int = 1
    name: str = ""
    priority: str = "0"
    is_default: bool = False
    severity: list[str] = field(default_factory=list)
    area_ids: list[str] = field(default_factory=list)
    asset_types: list[str] = field(default_factory=list)
    times: list[TimeRow] = field(default_factory=list)
    steps: list[StepRow] = field(default_factory=lambda: [StepRow()])
    again: str = "0"
    every_minutes: str = "30"
    expires: str = ""
    within: str = ""
    mitigation: Picks = field(default_factory=Picks)
    last_resort: str = "facility"
    last_after: str = "10"
    last: Picks = field(default_factory=Picks)

    @classmethod
    def of(cls, policy: EscalationPolicy) -> PolicyForm:
        """The form of a policy as it stands."""
        resort = policy.last_resort
        return cls(
            id=str(policy.id),
            facility_id=str(policy.facility_id),
            version=policy.version,
            name=policy.name,
            priority=str(policy.priority),
            is_default=policy.is_default,
            severity=texts(policy.conditions.severity),
            area_ids=texts(policy.conditions.area_ids),
            asset_types=list(policy.conditions.asset_types),
            times=[TimeRow.of(time) for time in policy.conditions.time_of_day],
            steps=[
                StepRow(_plain(step.after_minutes), step.only_if_unacknowledged, Picks.of(step.notify))
                for step in policy.steps
            ],
            again=str(policy.repeat.times if policy.repeat else 0),
            every_minutes=_plain(policy.repeat.every_minutes) if policy.repeat else "30",
            expires=_plain(policy.acknowledgement_expires_minutes),
            within=_plain(policy.mitigation.within_minutes) if policy.mitigation else "",
            mitigation=Picks.of(policy.mitigation.notify if policy.mitigation else None),
            last_resort="none" if resort is None else "own" if resort.notify else "facility",
            last_after=_plain(resort.after_minutes) if resort else "10",
            last=Picks.of(resort.notify if resort else None),
        )

    @classmethod
    def read(cls, fields: FormData, policy_id: str, facility_id: str) -> PolicyForm:
        """The form as it was sent."""
        version = one(fields, "version")
        return cls(
            id=policy_id,
            facility_id=facility_id,
            version=int(version) if version.isdecimal() and len(version) < 10 else 1,
            name=one(fields, "name"),
            priority=one(fields, "priority"),
            is_default="is_default" in fields,
            severity=many(fields, "conditions.severity"),
            area_ids=many(fields, "conditions.area_ids"),
            asset_types=many(fields, "conditions.asset_types"),
            times=[TimeRow.read(fields, f"conditions.time_of_day.{row}") for row in rows(fields, "times")],
            steps=[StepRow.read(fields, f"steps.{row}") for row in rows(fields, "steps")],
            again=one(fields, "repeat.times"),
            every_minutes=one(fields, "repeat.every_minutes"),
            expires=one(fields, "acknowledgement_expires_minutes"),
            within=one(fields, "mitigation.within_minutes"),
            mitigation=Picks.read(fields, "mitigation.notify"),
            last_resort=one(fields, "last_resort"),
            last_after=one(fields, "last_resort.after_minutes"),
            last=Picks.read(fields, "last_resort.notify"),
        )

    def change(self, button: str) -> None:
        """Carry out a button that changes the form itself: `add-step`, `remove-step:1`, `add-time`, `remove-time:0`."""
        verb, _, number = button.partition(":")
        row = int(number) if number.isdecimal() and len(number) < 3 else -1
        match verb:
            case "add-step" if len(self.steps) < MOST_ROWS:
                self.steps.append(StepRow(after_minutes=self._next_delay()))
            case "remove-step" if 0 <= row < len(self.steps):
                del self.steps[row]
            case "add-time" if len(self.times) < MOST_ROWS:
                self.times.append(TimeRow(start="22:00", end="06:00"))
            case "remove-time" if 0 <= row < len(self.times):
                del self.times[row]

    def policy(self) -> EscalationPolicy:
        """The policy that the form says. Raises InvalidRequest that names the fields."""
        findings: Findings = []
        values = {
            "id": self.id,
            "facility_id": self.facility_id,
            "version": self.version,
            "name": self.name,
            "priority": _number(self.priority or "0", "priority", findings),
            "is_default": self.is_default,
            "conditions": self._conditions(),
            "steps": [
                {
                    "notify": step.notify.values(),
                    "after_minutes": _number(step.after_minutes, f"steps.{row}.after_minutes", findings),
                    "only_if_unacknowledged": step.only_if_unacknowledged,
                }
                for row, step in enumerate(self.steps)
            ],
            "repeat": self._repeat(findings),
            "acknowledgement_expires_minutes": _optional(self.expires, "acknowledgement_expires_minutes", findings),
            "mitigation": self._mitigation(findings),
            "last_resort": self._last_resort(findings),
        }
        if findings:
            raise InvalidRequest(findings)
        return valid(EscalationPolicy, values)

    def _conditions(self) -> dict[str, Any]:
        return {
            "severity": [value for value in self.severity if value in tuple(Severity)],
            "area_ids": self.area_ids,
            "asset_types": self.asset_types,
            "time_of_day": [time.values() for time in self.times],
        }

    def _repeat(self, findings: Findings) -> dict[str, Any] | None:
        if self.again in ("", "0"):
            return None
        return {
            "times": self.again,
            "every_minutes": _number(self.every_minutes, "repeat.every_minutes", findings),
        }

    def _mitigation(self, findings: Findings) -> dict[str, Any] | None:
        within = _optional(self.within, "mitigation.within_minutes", findings)
        if within is None:
            return None
        return {"within_minutes": within, "notify": self.mitigation.values() if self.mitigation.count else None}

    def _last_resort(self, findings: Findings) -> dict[str, Any] | None:
        if self.last_resort != "own" and self.last.count:
            findings.append({"field": "last_resort.notify", "problem": "form.last_resort.unclear"})
        if self.last_resort == "none":
            return None
        after = _number(self.last_after, "last_resort.after_minutes", findings)
        return {"notify": self.last.values() if self.last_resort == "own" else None, "after_minutes": after}

    def _next_delay(self) -> str:
        """A quarter of an hour after the step before, as most plants have it."""
        latest = max((value for step in self.steps if (value := _float(step.after_minutes)) is not None), default=-15)
        return _plain(latest + 15)


def _plain(minutes: float | None) -> str:
    return "" if minutes is None else f"{minutes:g}"


def _float(text: str) -> float | None:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def _number(text: str, name: str, findings: Findings) -> float | int | None:
    value = _float(text)
    if value is None:
        findings.append({"field": name, "problem": "form.not_a_number"})
        return None
    return int(value) if value == value // 1 and abs(value) < 1e15 else value


def _optional(text: str, name: str, findings: Findings) -> float | None:
    return _number(text, name, findings) if text else None
