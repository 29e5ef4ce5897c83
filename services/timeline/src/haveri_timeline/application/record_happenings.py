"""Write what happened onto the timelines, whole batches at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from haveri_timeline.domain.entries import Entry, Happening


@dataclass(frozen=True, slots=True)
class Recorded:
    """What one batch added in one organisation, by incident; empty when everything was known already."""

    organization: str
    entries: Mapping[UUID, Sequence[Entry]]


class Timelines(Protocol):
    """Where timelines are kept."""

    async def append(self, organization: str, happenings: Sequence[Happening]) -> Mapping[UUID, Sequence[Entry]]:
        """Add what is not there yet, in the given order, in one transaction; gives what was added, by incident."""


async def record_happenings(timelines: Timelines, arrived: Iterable[tuple[str, Happening]]) -> AsyncIterator[Recorded]:
    """Record a batch of (organisation, happening); a repeat of an event adds nothing.

    Gives what each organisation got as soon as it is kept: that is announced even when the next one's cannot be kept.
    """
    by_organization: dict[str, list[Happening]] = defaultdict(list)
    for organization, happening in arrived:
        by_organization[organization].append(happening)
    for organization, happenings in by_organization.items():
        yield Recorded(organization, await timelines.append(organization, happenings))
