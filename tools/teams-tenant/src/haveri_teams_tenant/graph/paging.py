"""Lists of messages page by page: `$top`, `$skiptoken` and the link to the next page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Query, Request

from haveri_teams_tenant.graph import errors
from haveri_teams_tenant.graph.odata import collection
from haveri_teams_tenant.house import HouseDep
from haveri_teams_tenant.state.records import Json, Message


@dataclass(frozen=True)
class Paging:
    """Which page is asked for, and under which address."""

    address: str
    top: int
    start: int

    def newest_first(self, of: str, messages: Sequence[Message], shape: Callable[[Message], Json]) -> Json:
        """A page of the messages."""
        end = self.start + self.top
        ordered = sorted(messages, key=lambda message: int(message.id), reverse=True)
        more = f"{self.address}?$top={self.top}&$skiptoken={end}" if end < len(ordered) else ""
        return collection(of, [shape(message) for message in ordered[self.start : end]], more)


async def the_page(
    request: Request,
    house: HouseDep,
    top: Annotated[int, Query(alias="$top", ge=1, le=50)] = 20,
    skip_token: Annotated[str, Query(alias="$skiptoken")] = "",
) -> Paging:
    """The page of the request."""
    if skip_token and not skip_token.isdigit():
        raise errors.bad_request("The $skiptoken is not valid.")
    return Paging(f"{house.settings.base_url}{quote(request.url.path)}", top, int(skip_token or 0))


PagingDep = Annotated[Paging, Depends(the_page)]
