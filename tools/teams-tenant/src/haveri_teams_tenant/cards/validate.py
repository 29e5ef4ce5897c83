"""Refuses cards that Teams would not render: wrong types, enums, missing properties, ids used twice."""

from __future__ import annotations

from typing import Any

from haveri_teams_tenant.cards.schema import ACTIONS, ELEMENTS, MOST_REFRESH_USERS, TEXT_RUN, VERSIONS, Shape


class BadCard(Exception):
    """The card is not acceptable; the message says where and why."""


def validate_card(card: Any) -> None:
    """Raise BadCard for the first thing wrong with a card that is to be posted or answered."""
    _Check().card(card, "card", nested=False)


class _Check:
    def __init__(self) -> None:
        self._input_ids: set[str] = set()

    def card(self, card: Any, where: str, *, nested: bool) -> None:
        node = _object(card, where)
        if node.get("type") != "AdaptiveCard":
            raise BadCard(f"{where}: type must be AdaptiveCard.")
        if not nested and str(node.get("version")) not in VERSIONS:
            raise BadCard(f"{where}: version {node.get('version')!r} is missing or not supported.")
        for index, element in enumerate(_list(node.get("body", []), f"{where}.body")):
            self.element(element, f"{where}.body[{index}]")
        for index, action in enumerate(_list(node.get("actions", []), f"{where}.actions")):
            self.action(action, f"{where}.actions[{index}]")
        if "selectAction" in node:
            self.action(node["selectAction"], f"{where}.selectAction")
        if "refresh" in node:
            self._refresh(_object(node["refresh"], f"{where}.refresh"), f"{where}.refresh")

    def _refresh(self, refresh: dict[str, Any], where: str) -> None:
        users = _list(refresh.get("userIds", []), f"{where}.userIds")
        if len(users) > MOST_REFRESH_USERS:
            raise BadCard(f"{where}.userIds: at most {MOST_REFRESH_USERS} users, not {len(users)}.")
        action = _object(refresh.get("action"), f"{where}.action")
        if action.get("type") != "Action.Execute":
            raise BadCard(f"{where}.action: must be an Action.Execute.")

    def element(self, element: Any, where: str, only: str = "") -> None:
        node = _object(element, where)
        kind = str(node.get("type") or only)
        shape = ELEMENTS.get(kind)
        if shape is None or (only and kind != only):
            raise BadCard(f"{where}: unknown or misplaced element type {node.get('type')!r}.")
        if not only and kind in ("Column", "TableRow", "TableCell"):
            raise BadCard(f"{where}: a {kind} cannot stand here.")
        self._common(node, kind, shape, where)
        for name in shape.elements:
            for index, child in enumerate(_list(node.get(name, []), f"{where}.{name}")):
                self.element(child, f"{where}.{name}[{index}]", shape.only)
        if kind.startswith("Input."):
            self._input(node, kind, where)
        if kind == "RichTextBlock":
            self._runs(node["inlines"], f"{where}.inlines")
        if kind == "FactSet":
            _pairs(node["facts"], f"{where}.facts", "value")

    def _runs(self, inlines: Any, where: str) -> None:
        for index, run in enumerate(_list(inlines, where)):
            if isinstance(run, str):
                continue
            node = _object(run, f"{where}[{index}]")
            if node.get("type") != "TextRun":
                raise BadCard(f"{where}[{index}]: must be a text or a TextRun.")
            self._common(node, "TextRun", TEXT_RUN, f"{where}[{index}]")

    def action(self, action: Any, where: str) -> None:
        node = _object(action, where)
        kind = str(node.get("type"))
        shape = ACTIONS.get(kind)
        if shape is None:
            raise BadCard(f"{where}: unknown action type {node.get('type')!r}.")
        self._common(node, kind, shape, where)
        if kind == "Action.ShowCard":
            self.card(node["card"], f"{where}.card", nested=True)
        data = node.get("data")
        if kind == "Action.Execute" and data is not None and not isinstance(data, dict):
            raise BadCard(f"{where}.data: must be an object.")

    def _common(self, node: dict[str, Any], kind: str, shape: Shape, where: str) -> None:
        for name in shape.required:
            if node.get(name) is None or node[name] == "":
                if kind == "TextBlock" and node.get(name) == "":
                    continue
                raise BadCard(f"{where}: {kind} needs {name}.")
        for name, allowed in shape.enums.items():
            value = node.get(name)
            if value is not None and str(value).lower() not in allowed:
                raise BadCard(f"{where}.{name}: {value!r} is none of {', '.join(sorted(allowed))}.")
        for name in shape.actions:
            for index, action in enumerate(_list(node.get(name, []), f"{where}.{name}")):
                self.action(action, f"{where}.{name}[{index}]")
        for name in shape.single_actions:
            if name in node:
                self.action(node[name], f"{where}.{name}")

    def _input(self, node: dict[str, Any], kind: str, where: str) -> None:
        input_id = str(node["id"])
        if input_id in self._input_ids:
            raise BadCard(f"{where}: the input id {input_id!r} is used twice.")
        self._input_ids.add(input_id)
        if kind == "Input.ChoiceSet":
            if "choices" not in node and "choices.data" not in node:
                raise BadCard(f"{where}: Input.ChoiceSet needs choices.")
            _pairs(node.get("choices", []), f"{where}.choices", "value")
        if node.get("isRequired") and not node.get("errorMessage") and not node.get("label"):
            raise BadCard(f"{where}: a required input needs a label.")


def _object(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadCard(f"{where}: must be an object.")
    return value


def _list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise BadCard(f"{where}: must be a list.")
    return value


def _pairs(value: Any, where: str, second: str) -> None:
    for index, pair in enumerate(_list(value, where)):
        node = _object(pair, f"{where}[{index}]")
        for name in ("title", second):
            if not isinstance(node.get(name), str):
                raise BadCard(f"{where}[{index}]: needs {name} as text.")
