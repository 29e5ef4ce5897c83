"""Reasons in words: the engine says them as data, the reader's language is known here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from haveri_chat.plant import Plant
from haveri_chat.texts import CATALOGUE, say
from haveri_contracts.escalation.reasons import Reason

LEAD = frozenset({"lead", "shift_lead", "supervisor"})


def in_words(reason: Reason, plant: Plant, locale: str) -> str:
    """A reason with the plant's names; of one that is not known yet, the code."""
    return CATALOGUE.reason(locale, reason.code, reason.params, lambda params: _values(params, plant, locale))


def all_in_words(reasons: Iterable[Reason], plant: Plant, locale: str) -> str:
    """Several reasons."""
    return "; ".join(in_words(reason, plant, locale) for reason in reasons)


def role_name(role: str, locale: str) -> str:
    """A role on a shift as people say it."""
    return say(locale, "oncall.lead") if role.casefold() in LEAD else role


def _values(params: Mapping[str, Any], plant: Plant, locale: str) -> dict[str, object]:
    values: dict[str, object] = {"member": "Haveri", **params}
    for kind, things in (("team", plant.teams), ("member", plant.members)):
        if id := values.get(f"{kind}_id"):
            thing = things.get(UUID(str(id)))
            values[kind] = thing.name if thing else f"#{str(id)[:8]}"
    if why := params.get("why"):
        values["words"] = in_words(Reason.read(why), plant, locale)
    if role := values.get("role"):
        values["role"] = role_name(str(role), locale)
    return values
