"""The little of OData that Teams clients use: one `$filter` comparison; pages are in `paging.py`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from haveri_teams_tenant.graph import errors
from haveri_teams_tenant.state.records import Json

_EQUALS = re.compile(r"\s*(\w+)\s+eq\s+'((?:[^']|'')*)'\s*")
_STARTS = re.compile(r"\s*startswith\(\s*(\w+)\s*,\s*'((?:[^']|'')*)'\s*\)\s*", re.IGNORECASE)


def filtered(items: Sequence[Json], expression: str, allowed: frozenset[str]) -> list[Json]:
    """The items that satisfy `name eq 'value'` or `startswith(name,'value')`; raises GraphRefusal for others."""
    if not expression:
        return list(items)
    equals, starts = _EQUALS.fullmatch(expression), _STARTS.fullmatch(expression)
    match = equals or starts
    if match is None or match.group(1) not in allowed:
        raise errors.bad_request(f"Invalid filter clause: {expression!r} is not supported.")
    name, value = match.group(1), match.group(2).replace("''", "'").casefold()

    def fits(item: Json) -> bool:
        have = str(item.get(name) or "").casefold()
        return have == value if equals else have.startswith(value)

    return [item for item in items if fits(item)]


def collection(of: str, values: Sequence[Any], next_link: str = "") -> Json:
    """A list as Graph answers it."""
    answer: Json = {"@odata.context": of, "@odata.count": len(values), "value": list(values)}
    if next_link:
        answer["@odata.nextLink"] = next_link
    return answer
