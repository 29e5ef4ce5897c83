"""The escalation service's reasons in the reader's words, with the directory's names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import orjson
from pydantic import BaseModel
from starlette.responses import Response

from haveri_contracts.escalation.models import Conditions, TimeOfDay
from haveri_contracts.plain import Severity
from haveri_directory_copy.directory import Directory, name_in
from haveri_web.bus.callers import Caller
from haveri_web.http.answers import json_response
from haveri_web.http.context import Web
from haveri_web.policies.words import PolicyWords
from haveri_web.texts import CATALOGUE, Translate, translator

M = TypeVar("M", bound=BaseModel)
_MOST_NAMED = 3


class ReasonWords:
    """Says reasons in one language."""

    def __init__(self, directory: Directory, t: Translate) -> None:
        self._directory = directory
        self._t = t
        self._words = PolicyWords(directory, t, {})

    def model(self, said: M) -> M:
        """A model whose texts say its reasons."""
        return type(said).model_validate(self.data(said.model_dump(mode="json")))

    def data(self, value: Any) -> Any:
        """JSON in which every text that stands beside reasons says them; where there are none it stays as it came."""
        if isinstance(value, list):
            return [self.data(item) for item in value]
        if not isinstance(value, Mapping):
            return value
        said = {name: self.data(part) for name, part in value.items()}
        if reasons := _reasons([value.get("cause")]):
            said["because" if "because" in value else "reason"] = self.reason(reasons[0])
        if reasons := _reasons(value.get("causes")):
            text = next((field for field in ("why", "note") if field in value), "reason")
            said[text] = (" " if text == "why" else "; ").join(map(self.reason, reasons))
        if reasons := _reasons(value.get("in_vain")):
            said["missing"] = list(map(self.reason, reasons))
        if isinstance(of := value.get("because_of"), Mapping) and of:
            said["because"] = {member_id: self.reason(reason) for member_id, reason in of.items() if _reasons([reason])}
        return said

    def reason(self, reason: Mapping[str, Any]) -> str:
        """One reason; of one that is not known yet, the code."""
        return CATALOGUE.reason(self._t.language, reason["code"], reason.get("params") or {}, self._values)

    def _values(self, params: Mapping[str, Any]) -> dict[str, Any]:
        values: dict[str, Any] = {"member": "Haveri", **params}
        for kind, things in (("team", self._directory.teams), ("member", self._directory.members)):
            if params.get(f"{kind}_id"):
                values[kind] = name_in(things, params[f"{kind}_id"])
        for name, prefix in (("end", "esc.end"), ("via", "via")):
            if name in params:
                values[name] = self._t(f"{prefix}.{params[name]}")
        if "why" in params:
            values["words"] = self.reason(params["why"])
        if "minutes" in params:
            values["duration"] = self._words.duration(params["minutes"])
        areas = [name_in(self._directory.areas, area_id) for area_id in params.get("area_ids", [])]
        times = [TimeOfDay.model_validate(time) for time in params.get("times", [])]
        values["areas"], values["types"] = self._any(areas), self._any(params.get("asset_types", []))
        values["severities"] = self._any(params.get("severities", []))
        values["times"] = self._any(map(self._words.stretch, times))
        if "weekday" in params:
            values["wall"] = f"{self._t('day.' + params['weekday'])} {params['clock']}"
            fitting = Conditions(
                severity=[Severity(params["severity"])] if "severity" in params else list(Severity),
                area_ids=params.get("area_ids", []),
                asset_types=params.get("asset_types", []),
                time_of_day=times,
            )
            values["conditions"] = self._words.conditions(fitting)
        return values

    def _any(self, parts: Iterable[str]) -> str:
        """Such as `Presses, Ovens or 4 more`."""
        known = list(parts)
        if len(known) > _MOST_NAMED:
            known = [*known[:_MOST_NAMED], self._t("reasons.more", count=len(known) - _MOST_NAMED)]
        return self._t.listed(known, "or")


def _reasons(part: Any) -> list[Mapping[str, Any]]:
    """The reasons among JSON: an event that is newer than these pages may mean something else by the same name."""
    items = part if isinstance(part, list) else []
    return [item for item in items if isinstance(item, Mapping) and "code" in item]


async def said(web: Web, caller: Caller, body: bytes) -> Response:
    """What the owner answered as JSON, its reasons said in the caller's language."""
    words = ReasonWords(await web.directories.get(caller.organization), translator(caller.member.locale))
    return json_response(words.data(orjson.loads(body)))
