"""The demo plants' escalation policies, put once: what people make of them later stays."""

from __future__ import annotations

from typing import Any

from haveri_contracts.directory.queries import ListFacilities, ListMembers, ListTeams
from haveri_contracts.escalation.commands import PutPolicy
from haveri_contracts.escalation.queries import ListPolicies
from haveri_contracts.message import Query
from haveri_contracts.types import Page
from haveri_escalation.demo import demo_policies
from haveri_tool.bus_client import BusClient, Refused


async def put_policies(client: BusClient, organization: str) -> None:
    """Give an organisation without any policy those of the demo, as far as they fit its people."""
    known = await client.ask(ListPolicies(page=Page(limit=1)), organization)
    if known.items:
        return
    facilities, teams, members = [
        await _all(client, query, organization) for query in (ListFacilities(), ListTeams(), ListMembers())
    ]
    try:
        policies = demo_policies(facilities, teams, members)
    except KeyError as missing:
        print(f"put no policies: {missing} is not in the directory any more", flush=True)
        return
    for policy in policies:
        try:
            await client.send(PutPolicy(policy=policy), organization)
        except Refused as refusal:
            # People have made another plant of it, or it is of a time before shifts had roles: they write their own.
            print(f"did not put the policy {policy.name}: {refusal}", flush=True)
        else:
            print(f"put the policy {policy.name}", flush=True)


async def _all(client: BusClient, query: Query, organization: str) -> list[Any]:
    items: list[Any] = []
    cursor: str | None = None
    while True:
        answer = await client.ask(query.model_copy(update={"page": Page(cursor=cursor, limit=200)}), organization)
        items += answer.items
        cursor = answer.next_cursor
        if cursor is None:
            return items
