"""Quiet hours and the last resort of a facility."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from haveri_contracts.directory.models import Facility
from haveri_contracts.escalation.commands import ChangeFacilitySettings
from haveri_contracts.escalation.models import FacilitySettings
from haveri_contracts.plain import Refusal, Severity
from haveri_web.bus.queries import known_facility, valid
from haveri_web.domain.access import TO_MANAGE
from haveri_web.policies.choices import choices
from haveri_web.policies.form_fields import MOST_ROWS, Picks, TimeRow, rows
from haveri_web.policies.queries import settings_of
from haveri_web.policies.words import PolicyWords
from haveri_web.rendering.fields import many, one
from haveri_web.rendering.pages import ManagersForm, Page, PageDep
from haveri_web.rendering.problems_at import NOTHING_WRONG, ProblemsAt
from haveri_web.shifts.queries import rotations_of

router = APIRouter(include_in_schema=False)
PAGE = "/escalation/settings"
_DONE = {"saved": "quiet.done.saved", "later": "escalation.later"}


@dataclass(slots=True)
class QuietRow:
    """Quiet hours of one time for some severities; those of several times are shown as several rows."""

    severity: list[str] = field(default_factory=lambda: [Severity.SEV3.value])
    time: TimeRow = field(default_factory=lambda: TimeRow(start="22:00", end="06:00"))

    def values(self) -> dict[str, Any]:
        """As the contract has it."""
        return {
            "severity": [value for value in self.severity if value in tuple(Severity)],
            "time_of_day": [self.time.values()],
        }


@dataclass(slots=True)
class SettingsForm:
    """What stands in the form."""

    quiet: list[QuietRow] = field(default_factory=list)
    last: Picks = field(default_factory=Picks)

    @classmethod
    def of(cls, settings: FacilitySettings | None) -> SettingsForm:
        """The form of the settings as they stand."""
        if settings is None:
            return cls()
        quiet = [
            QuietRow([severity.value for severity in hours.severity], TimeRow.of(time))
            for hours in settings.quiet_hours
            for time in hours.time_of_day
        ]
        return cls(quiet, Picks.of(settings.last_resort))

    @classmethod
    def read(cls, fields: FormData) -> SettingsForm:
        """The form as it was sent."""
        quiet = [
            QuietRow(
                many(fields, f"quiet_hours.{row}.severity"), TimeRow.read(fields, f"quiet_hours.{row}.time_of_day.0")
            )
            for row in rows(fields, "quiet")
        ]
        return cls(quiet, Picks.read(fields, "last_resort"))

    def change(self, button: str) -> None:
        """Carry out a button that changes the form itself: `add-time` or `remove-time:0`."""
        verb, _, number = button.partition(":")
        if verb == "add-time" and len(self.quiet) < MOST_ROWS:
            self.quiet.append(QuietRow())
        elif verb == "remove-time" and number.isdecimal() and int(number[:3]) < len(self.quiet):
            del self.quiet[int(number[:3])]

    def settings(self, facility_id: UUID) -> FacilitySettings:
        """The settings that the form says. Raises InvalidRequest."""
        values = {
            "facility_id": facility_id,
            "quiet_hours": [row.values() for row in self.quiet],
            "last_resort": self.last.values() if self.last.count else None,
        }
        return valid(FacilitySettings, values)


@router.get(PAGE)
async def show_settings(page: PageDep, facility: Annotated[UUID | None, Query()] = None, done: str = "") -> Response:
    """The settings of a facility."""
    return await _show(page, page.facility(facility), done=done)


@router.post(PAGE)
async def send_settings(page: ManagersForm, facility: Annotated[UUID, Query()]) -> Response:
    """Save the settings, or only change the form."""
    shown = known_facility(page.directory, facility)
    form, button = SettingsForm.read(page.fields), one(page.fields, "do") or "save"
    if button != "save":
        form.change(button)
        return await _show(page, shown, form)
    try:
        outcome = await page.send(ChangeFacilitySettings(settings=form.settings(facility)))
    except Refusal as refusal:
        return await _show(page, shown, form, wrong=ProblemsAt.of(refusal, page.t))
    return RedirectResponse(f"{PAGE}?facility={facility}&done={'later' if outcome is None else 'saved'}", 303)


async def _show(
    page: Page,
    shown: Facility | None,
    form: SettingsForm | None = None,
    *,
    done: str = "",
    wrong: ProblemsAt = NOTHING_WRONG,
) -> Response:
    known = await settings_of(page.web.queries, page.caller)
    present = known.get(shown.id) if shown else None
    words = PolicyWords(page.directory, page.t, known)
    rotations = await rotations_of(page.web.queries, page.caller, shown.id) if shown else []
    return page.render(
        "policies/quiet_hours.html",
        here="escalation",
        status=wrong.status,
        done=page.t(_DONE[done]) if done in _DONE else "",
        wrong=wrong,
        manager=page.caller.may(TO_MANAGE),
        facility=shown,
        sentences=[words.quiet(hours) for hours in present.quiet_hours] if present else [],
        last_resort=words.last_resort(shown.id) if shown else "",
        form=form or SettingsForm.of(present),
        choices=choices(page.directory, page.t, shown.id, rotations) if shown else None,
        severities=[severity.value for severity in Severity],
    )
