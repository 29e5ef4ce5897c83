"""Is everything as it was written? Every timeline's chain, and that both histories fold to the incident's state."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import orjson
from pydantic import ValidationError

from haveri_contracts.incident.models import Incident
from haveri_incident.domain.state import BrokenHistoryError, Fact, evolve
from haveri_timeline.domain.chain import Head, extend
from haveri_timeline.domain.entries import Entry
from haveri_tool.upkeep.history_reads import HistoryReads, KeptIncident

# The timeline is written a moment after the incident: an incident that changes just now is looked at again.
_LOOKS = 10
_PAUSE_SECONDS = 0.5
# When the incident service learnt of an event and when the timeline did are two moments.
_OWN_TO_EACH = frozenset({"updated_at"})


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was written."""

    organization: str
    incident: str
    text: str


@dataclass
class Verification:
    """What was looked at."""

    counts: Counter[str] = field(default_factory=Counter)
    organizations: set[str] = field(default_factory=set)
    findings: int = 0


async def verify(database_url: str, organization: str | None, report: Callable[[Finding], None]) -> Verification:
    """Look at every incident of one organisation or of all, in constant memory; `report` is given each finding.

    `database_url` is an administrator's. Raises what asyncpg raises.
    """
    connection = await asyncpg.connect(database_url)
    done = Verification()

    def found(finding: Finding) -> None:
        done.findings += 1
        report(finding)

    try:
        histories = HistoryReads(connection)
        async for incident in _every(histories, organization):
            for text in await _readable(histories, incident, done.counts):
                found(Finding(incident.organization, incident.number, text))
            done.counts["incidents"] += 1
            done.organizations.add(incident.organization)
        async with histories.view():
            async for slug, incident_id, text in histories.strays(organization):
                found(Finding(slug, str(incident_id), text))
    finally:
        await connection.close()
    return done


async def _every(histories: HistoryReads, organization: str | None) -> AsyncIterator[KeptIncident]:
    last: KeptIncident | None = None
    while page := await histories.incidents_after(organization, last):
        for incident in page:
            yield incident
        last = page[-1]


async def _readable(histories: HistoryReads, incident: KeptIncident, counts: Counter[str]) -> list[str]:
    """What is wrong with an incident, be it that what is kept of it cannot be read."""
    try:
        return await _settled(histories, incident, counts)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, asyncpg.DataError) as error:
        return [f"unreadable: {type(error).__name__}: {_short(error)}"]


async def _settled(histories: HistoryReads, incident: KeptIncident, counts: Counter[str]) -> list[str]:
    """What is wrong with an incident, once its timeline has had time to follow."""
    for look in range(_LOOKS):
        seen: Counter[str] = Counter()
        async with histories.view():
            now = await histories.incident(incident)
            problems, behind = await _problems(histories, now, seen)
        if not behind or problems or look == _LOOKS - 1:
            break
        await asyncio.sleep(_PAUSE_SECONDS)
    counts.update(seen)
    return problems or behind


async def _problems(histories: HistoryReads, incident: KeptIncident, seen: Counter[str]) -> tuple[list[str], list[str]]:
    """What is wrong for good, and what may only be late."""
    problems = [
        *await _fold_problems("its events", histories.events(incident), incident, seen, "events"),
        *await _chain_problems(histories, incident, seen),
    ]
    missing = await histories.first_difference(incident)
    if missing is not None:
        return problems, [f"the timeline lacks version {missing} or tells it differently"]
    again = Counter[str]()
    problems += await _fold_problems("its timeline", histories.timeline_events(incident), incident, again, "events")
    return problems, []


async def _fold_problems(
    what: str, facts: AsyncIterator[Fact], incident: KeptIncident, seen: Counter[str], kind: str
) -> list[str]:
    state: Incident | None = None
    try:
        async for fact in facts:
            state = evolve(state, fact)
            seen[kind] += 1
    except (BrokenHistoryError, ValidationError, KeyError) as error:
        return [f"{what} cannot be folded: {_short(error)}"]
    if state is None:
        return [f"{what} are empty" if what.endswith("events") else f"{what} is empty"]
    differing = _differences(state.model_dump(mode="json"), orjson.loads(incident.state))
    return [f"{what} fold to another state than is kept: {', '.join(differing)}"] if differing else []


def _differences(folded: dict[str, Any], kept: dict[str, Any]) -> list[str]:
    names = (folded.keys() | kept.keys()) - _OWN_TO_EACH
    return sorted(name for name in names if folded.get(name) != kept.get(name))


async def _chain_problems(histories: HistoryReads, incident: KeptIncident, seen: Counter[str]) -> list[str]:
    head = Head()
    async for entry in histories.entries(incident):
        broken = _break(head, entry)
        if broken:
            return [broken]
        head = Head(entry.seq, entry.hash, entry.recorded_at)
        seen["entries"] += 1
    end = await histories.timeline_end(incident)
    if end is not None and (end.seq, end.hash) != (head.seq, head.hash):
        return [f"the timeline ends at entry {head.seq}, although {end.seq} were written"]
    return []


def _break(head: Head, entry: Entry) -> str | None:
    """Why an entry cannot follow this head: it is not what was chained then."""
    if entry.seq != head.seq + 1:
        return f"entry {head.seq + 1} of the timeline is missing"
    (expected,) = extend(head, [entry.happening], entry.recorded_at)
    return None if expected == entry else f"entry {entry.seq} of the timeline was changed after it was written"


def _short(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
    return str(error)
