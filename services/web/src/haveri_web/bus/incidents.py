"""Incidents by the name people use, and their state as JSON."""

from __future__ import annotations

import re
from collections import OrderedDict
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from haveri_contracts.incident.models import Incident
from haveri_contracts.incident.queries import GetIncident
from haveri_contracts.refusals import IncidentUnknown
from haveri_web.bus.callers import Caller
from haveri_web.bus.ports import Queries
from haveri_web.bus.queries import ask

_NUMBER = re.compile(r"inc-([1-9][0-9]{0,9})", re.IGNORECASE)
_MOST_REMEMBERED = 10_000


class Incidents:
    """Finds incidents by UUID or number."""

    def __init__(self, queries: Queries) -> None:
        self._queries = queries
        # A number stands for the same incident for ever, so it may be remembered.
        self._ids: OrderedDict[tuple[str, str], UUID] = OrderedDict()

    async def id_of(self, caller: Caller, name: str) -> UUID:
        """The id behind `{id}` of a path; a UUID is believed, its owner knows better. Raises IncidentUnknown."""
        name = canonical(name)
        if not name.startswith("INC-"):
            return UUID(name)
        key = (caller.organization, name)
        if key not in self._ids:
            self._ids[key] = (await self.get(caller, name)).id
            while len(self._ids) > _MOST_REMEMBERED:
                self._ids.popitem(last=False)
        return self._ids[key]

    async def get(self, caller: Caller, name: str, as_of: datetime | None = None) -> Incident:
        """The incident, now or as it was known then. Raises IncidentUnknown, or what asking raises."""
        query = GetIncident(incident=canonical(name), as_of=as_of)
        answer: Incident = await ask(self._queries, caller, query)
        return answer

    async def get_raw(self, caller: Caller, name: str, as_of: datetime | None = None) -> bytes:
        """The same as its owner's JSON."""
        query = GetIncident(incident=canonical(name), as_of=as_of)
        return await self._queries.ask_raw(query, organization=caller.organization, actor=caller.actor)

    async def after(self, caller: Caller, incident_id: UUID, result: dict[str, Any] | None) -> bytes:
        """The state after a command as JSON: from the outcome, else asked for."""
        if result and "incident" in result:
            return orjson.dumps(result["incident"])
        return await self.get_raw(caller, str(incident_id))


def canonical(name: str) -> str:
    """`INC-42` or a UUID in its usual spelling; raises IncidentUnknown for anything else."""
    number = _NUMBER.fullmatch(name)
    if number:
        return f"INC-{number[1]}"
    try:
        return str(UUID(name))
    except ValueError:
        raise IncidentUnknown(f"{name[:64]!r} is neither a number such as INC-42 nor an incident's id.") from None
