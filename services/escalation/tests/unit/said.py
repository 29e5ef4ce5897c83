"""Reasons as English sentences, with names from a roster: what a reader can say of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from haveri_contracts.escalation.reasons import Reason

_DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SAID = {
    "by_name": "by name",
    "administrator": "administrator",
    "in_team": "{team}",
    "in_team_on_shift": "{team}, {shift}",
    "on_shift": "on shift, {shift}",
    "has_role": "{role} of {shift}",
    "member_gone": "somebody who has left the organisation",
    "team_gone": "a team that there is no more",
    "team_off_shift": "nobody of {team} is on shift",
    "team_empty": "nobody is in {team}",
    "nobody_on_shift": "nobody is on shift",
    "role_off_shift": "no {role} is on shift",
    "may_not_respond": "{member} may not take incidents",
    "no_administrator": "the organisation has no administrator",
    "called_before": "{member} was called before",
    "steps_not_shown": "{count} steps of later rounds are not shown",
    "taken": "taken",
    "run_ended": "{end}",
    "nobody_reachable": "nobody whom step {step} called can be reached",
    "no_answer": "no answer from {via}",
    "way_failed": "{via}: {words}",
    "no_way": "{member} cannot be reached in any way",
    "not_needed": "not needed any more",
    "not_mitigated": "{number} was taken and is not mitigated after {minutes:g} minutes",
    "asked_for_more": "{member} asked for more people",
    "asked_for_more_because": "{member} asked for more people: {words}",
    "named_lead": "{member} made them the lead of {number}",
    "policy_fits": "“{policy}” fits: {fits}.",
    "default_followed": "No policy of the facility fits {place}, so its default “{policy}” is followed.",
    "no_policy": "No policy of the facility fits {place}, and it has no default policy: "
    "the last resort is called at once.",
    "other_severity": "“{policy}” is for {severities}, not for {severity}.",
    "other_area": "“{policy}” is for {areas}, and this is elsewhere.",
    "other_type": "“{policy}” is for assets of type {types}, and none of them is concerned.",
    "other_time": "“{policy}” is for {times}, and there it is {wall}.",
    "comes_after": "“{policy}” fits as well, but it comes after “{other}”.",
    "names_area": "It names an area, “{other}” does not.",
    "names_type": "It names an asset type, “{other}” does not.",
    "names_time": "It names a time of day, “{other}” does not.",
    "fewer_severities": "It is for fewer severities than “{other}”.",
    "higher_priority": "It has the priority {priority}, “{other}” has {other_priority}.",
    "newer": "It is the newer one.",
    "tied": "Nothing tells them apart; give one of them a higher priority.",
}
_AFTER_COMES_AFTER = {
    "names_area": "“{policy}” names an area, it does not.",
    "names_type": "“{policy}” names an asset type, it does not.",
    "names_time": "“{policy}” names a time of day, it does not.",
    "fewer_severities": "“{policy}” is for fewer severities.",
    "higher_priority": "“{policy}” has the priority {priority}, it has {other_priority}.",
    "newer": "“{policy}” is the newer one.",
}


def said(reasons: Iterable[Reason], names: Mapping[UUID, str] | None = None, *, joint: str = " ") -> str:
    """The reasons one after the other."""
    reasons, known = list(reasons), names or {}
    words = []
    for place, reason in enumerate(reasons):
        after = place > 0 and reasons[place - 1].code == "comes_after"
        template = (_AFTER_COMES_AFTER if after else _SAID).get(reason.code, _SAID[reason.code])
        words.append(template.format(**_values(reason.params, known)))
    return joint.join(words)


def _values(params: Mapping[str, Any], names: Mapping[UUID, str]) -> dict[str, Any]:
    values = dict(params)
    for one in ("team", "member"):
        if f"{one}_id" in params:
            values[one] = names.get(UUID(params[f"{one}_id"]), params[f"{one}_id"])
    areas = [names.get(UUID(id), id) for id in params.get("area_ids", [])]
    values["areas"], values["types"] = listed(areas, "or"), listed(params.get("asset_types", []), "or")
    values["severities"] = listed(params.get("severities", []), "or")
    times = [_time(one) for one in params.get("times", [])]
    values["times"] = listed(times, "or", as_given=True)
    if "weekday" in params:
        values["wall"] = f"{_WEEKDAYS[_DAYS.index(params['weekday'])]} {params['clock']}"
        at = f" in {listed(areas, 'and')}" if areas else ""
        values["place"] = f"{params.get('severity')}{at} on {values['wall']}"
        parts = [str(params.get("severity"))]
        parts += [f"area {listed(areas, 'and')}"] if areas else []
        parts += [f"asset type {listed(params['asset_types'], 'and')}"] if params.get("asset_types") else []
        values["fits"] = ", ".join(parts + [f"{values['wall']} lies in {time}" for time in times])
    return values


def _time(one: Mapping[str, Any]) -> str:
    parts = [days_in_words(frozenset(map(_DAYS.index, one["days"])))] if one["days"] else []
    if one["shift"] is not None:
        parts.append(f"shift {one['shift']}")
    elif one["from"] is not None:
        parts.append(f"{one['from']}-{one['to']}")
    holidays = {"any": "", "only": ", only on holidays", "never": ", never on holidays"}[one["holidays"]]
    return (" ".join(parts) or "any day") + holidays


def days_in_words(weekdays: frozenset[int]) -> str:
    """Such as `MON-FRI, SUN`."""
    runs: list[list[int]] = []
    for day in sorted(weekdays):
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(
        f"{_DAYS[run[0]]}-{_DAYS[run[-1]]}" if len(run) > 2 else ", ".join(_DAYS[day] for day in run) for run in runs
    )


def listed(words: Iterable[str], joint: str, *, as_given: bool = False) -> str:
    """Such as `Presses, Ovens or 4 more`."""
    ordered = list(words) if as_given else sorted(words)
    if len(ordered) > 3:
        ordered = [*ordered[:3], f"{len(ordered) - 3} more"]
    return "".join(ordered) if len(ordered) < 2 else f"{', '.join(ordered[:-1])} {joint} {ordered[-1]}"
