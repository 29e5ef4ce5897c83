"""What a person filled into a card, judged by the card's own rules as the Teams client does."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, time

from haveri_teams_tenant.state.records import Json


class BadInputs(Exception):
    """What was filled in may not be sent; says why for each input id."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("; ".join(problems.values()))
        self.problems = problems


def gather(inputs: Sequence[Json], given: Mapping[str, str]) -> dict[str, str]:
    """The values to send: what was given, else what the card preset. Raises BadInputs."""
    values: dict[str, str] = {}
    problems: dict[str, str] = {}
    known = {str(node["id"]) for node in inputs}
    for stranger in given.keys() - known:
        problems[stranger] = f"The card has no input {stranger!r}."
    for node in inputs:
        name = str(node["id"])
        value = _value(node, given.get(name))
        problem = _problem(node, value)
        if problem:
            problems[name] = str(node.get("errorMessage") or problem)
        elif value or node["type"] == "Input.Text":
            values[name] = value
    if problems:
        raise BadInputs(problems)
    return values


def _value(node: Json, given: str | None) -> str:
    if node["type"] == "Input.Toggle":
        on, off = str(node.get("valueOn", "true")), str(node.get("valueOff", "false"))
        if given is None:
            return str(node.get("value", off))
        return on if given in (on, "true", "on") else off
    if given is None:
        return str(node.get("value", ""))
    return given if node.get("isMultiline") else given.strip()


def _problem(node: Json, value: str) -> str:
    label = str(node.get("label") or node.get("title") or node.get("placeholder") or node["id"])
    kind = node["type"]
    if not value or (kind == "Input.Toggle" and value == str(node.get("valueOff", "false"))):
        return f"{label} is required." if node.get("isRequired") else ""
    judge = {
        "Input.Text": _text_problem,
        "Input.Number": _number_problem,
        "Input.Date": _date_problem,
        "Input.Time": _time_problem,
        "Input.ChoiceSet": _choice_problem,
    }.get(kind)
    problem = judge(node, value) if judge else ""
    return f"{label} {problem}" if problem else ""


def _text_problem(node: Json, value: str) -> str:
    longest = node.get("maxLength")
    if longest and len(value) > int(longest):
        return f"is too long: {len(value)} characters, {longest} fit."
    if node.get("regex") and not re.search(str(node["regex"]), value):
        return "does not have the right form."
    return ""


def _number_problem(node: Json, value: str) -> str:
    try:
        number = float(value)
    except ValueError:
        return "is not a number."
    if "min" in node and number < float(node["min"]):
        return f"must be at least {node['min']}."
    if "max" in node and number > float(node["max"]):
        return f"must be at most {node['max']}."
    return ""


def _date_problem(node: Json, value: str) -> str:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return "is not a date (YYYY-MM-DD)."
    if "min" in node and day < date.fromisoformat(str(node["min"])):
        return f"must not be before {node['min']}."
    if "max" in node and day > date.fromisoformat(str(node["max"])):
        return f"must not be after {node['max']}."
    return ""


def _time_problem(_: Json, value: str) -> str:
    try:
        time.fromisoformat(value)
    except ValueError:
        return "is not a time (HH:MM)."
    return ""


def _choice_problem(node: Json, value: str) -> str:
    if "choices.data" in node:
        return ""
    allowed = {str(choice["value"]) for choice in node.get("choices", [])}
    chosen = value.split(",") if node.get("isMultiSelect") else [value]
    strangers = [choice for choice in chosen if choice not in allowed]
    return f"does not offer {strangers[0]!r}." if strangers else ""
