"""Finding a card's actions, and the inputs that each of them sends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from haveri_teams_tenant.state.records import Json


@dataclass(frozen=True)
class FoundAction:
    """An action with its address in the card and the inputs within its reach."""

    path: str
    action: Json
    inputs: list[Json]

    @property
    def title(self) -> str:
        """What the button says."""
        return str(self.action.get("title") or "")


def slug(text: str) -> str:
    """A title as it stands in a test id: lower case, words joined by `-`."""
    return re.sub(r"[^\w]+", "-", text.casefold()).strip("-") or "unnamed"


def action_name(action: Json) -> str:
    """The id of an action, else its verb, else the slug of its title."""
    return str(action.get("id") or action.get("verb") or slug(str(action.get("title") or "")))


def inputs_of(card: Json) -> list[Json]:
    """The inputs of a card's body, without those of cards it can show."""
    return [node for _, node in _elements(card) if str(node.get("type", "")).startswith("Input.")]


def _elements(card: Json) -> Iterator[tuple[str, Json]]:
    for index, element in enumerate(card.get("body") or []):
        yield from _below(element, f"body.{index}")


def _below(element: Json, path: str) -> Iterator[tuple[str, Json]]:
    yield path, element
    for name in ("items", "columns", "rows", "cells", "images"):
        for index, child in enumerate(element.get(name) or []):
            yield from _below(child, f"{path}.{name}.{index}")


def actions_of(card: Json, prefix: str = "", outer: list[Json] | None = None) -> Iterator[FoundAction]:
    """Every action of a card, those of shown cards included; a shown card's actions send the outer inputs too."""
    inputs = [*(outer or []), *inputs_of(card)]
    for index, action in enumerate(card.get("actions") or []):
        yield from _with_nested(action, f"{prefix}actions.{index}", inputs)
    for path, element in _elements(card):
        for index, action in enumerate(element.get("actions") or []):
            yield from _with_nested(action, f"{prefix}{path}.actions.{index}", inputs)
        for name in ("selectAction", "inlineAction"):
            if name in element:
                yield FoundAction(f"{prefix}{path}.{name}", element[name], inputs)
    if "selectAction" in card:
        yield FoundAction(f"{prefix}selectAction", card["selectAction"], inputs)


def _with_nested(action: Json, path: str, inputs: list[Json]) -> Iterator[FoundAction]:
    yield FoundAction(path, action, inputs)
    if action.get("type") == "Action.ShowCard":
        yield from actions_of(action["card"], f"{path}.card.", inputs)


def find_action(card: Json, wanted: str) -> FoundAction | None:
    """An action by its path, id, verb or title, in this order; of several with one verb or title the first."""
    everything = list(actions_of(card))
    names = [
        [(found.path, found.action.get("id"), found.action.get("verb"), found.title)[which] for found in everything]
        for which in range(4)
    ]
    for known in names:
        if wanted in known:
            return everything[known.index(wanted)]
    return next((found for found in everything if found.title.casefold() == wanted.casefold()), None)
