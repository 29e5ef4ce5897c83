"""Maintenance windows: runs of what is being worked on are held, and go on afterwards."""

from __future__ import annotations

from uuid import UUID

from haveri_contracts.escalation.models import MaintenanceWindow, RunState, Trigger
from haveri_escalation.domain import windows
from haveri_escalation.domain.decisions import calling
from haveri_escalation.domain.decisions.case import Case
from haveri_escalation.domain.decisions.firing import carry_on, moved, moved_exhaustion
from haveri_escalation.domain.events import Resumed, Silenced
from haveri_escalation.domain.state import Run


def apply_windows(case: Case) -> None:
    """Hold the runs that a window covers by now, and let those go on that none covers any more."""
    window = _window(case)
    for run in case.state.live():
        if run.state is RunState.SILENCED and window is None:
            _resume(case, run)
        elif window is not None and _may_be_held(run):
            _hold(case, run, window)


def hold_if_silenced(case: Case, run_id: UUID) -> bool:
    """Hold a run that begins within a window; True when it is held."""
    window, run = _window(case), case.run(run_id)
    if window is None or not _may_be_held(run):
        return False
    _hold(case, run, window)
    return True


def _may_be_held(run: Run) -> bool:
    """Whoever calls by hand knows of the work, and means it."""
    return run.is_live and run.trigger is not Trigger.BY_HAND


def _window(case: Case) -> MaintenanceWindow | None:
    incident, roster = case.incident, case.world.roster
    areas = roster.areas_of(incident.area_id, incident.asset_ids)
    assets = frozenset(incident.asset_ids)
    return windows.silencing(case.world.windows, incident.facility_id, areas, assets, case.now)


def _hold(case: Case, run: Run, window: MaintenanceWindow) -> None:
    if run.state is RunState.SILENCED and (run.window_id, run.silenced_until) == (window.id, window.ends_at):
        return
    case.say(
        Silenced(
            incident_id=case.incident_id,
            run_id=run.id,
            window_id=window.id,
            until=window.ends_at,
            reason=window.reason,
            silenced_at=case.now,
        )
    )


def _resume(case: Case, run: Run) -> None:
    if run.silenced_at is None or run.window_id is None:
        return
    silence = case.now - run.silenced_at
    case.say(
        Resumed(
            incident_id=case.incident_id,
            run_id=run.id,
            window_id=run.window_id,
            steps=moved(run, silence),
            exhaustion_due_at=moved_exhaustion(run, silence),
        )
    )
    for one in case.state.runs:
        for call in one.calls:
            # Those of a run, too, that this one replaced in its silence.
            if not case.state.is_silent(one):
                calling.go_on(case, one.id, call.id)
    carry_on(case, run.id)
