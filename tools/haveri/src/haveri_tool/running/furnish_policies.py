"""The demo plants' escalation policies, put once: what people make of them later stays."""

from __future__ import annotations

from typing import Any

from haveri_contracts.directory.queries import ListFacilities, ListMembers, ListTeams
from haveri_contracts.escalation.commands import PutPolicy
from haveri_contracts.escalation.queries import ListPolicies
from haveri_contracts.message import Query
from haveri_contracts.types import Page
from haveri_escalation.demo import demo_policies
from haveri_tool.desk import Desk


async def put_policies(desk: Desk, organization: str) -> None:
    """Give an organisation without any policy those of the demo."""
    known = await desk.ask(ListPolicies(page=Page(limit=1)), organization)
    if known.items:
        return
    facilities, teams, members = [
        await _all(desk, query, organization) for query in (ListFacilities(), ListTeams(), ListMembers())
    ]
    for policy in demo_policies(facilities, teams, members):
        await desk.order(PutPolicy(policy=policy), organization)
        print(f"put the policy {policy.name}", flush=True)


async def _all(desk: Desk, query: Query, organization: str) -> list[Any]:
    items: list[Any] = []
    cursor: str | None = None
    while True:
        answer = await desk.ask(query.model_copy(update={"page": Page(cursor=cursor, limit=200)}), organization)
        items += answer.items
        cursor = answer.next_cursor
        if cursor is None:
            return items
