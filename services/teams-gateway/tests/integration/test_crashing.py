"""The gateway may die between any two steps: the next one goes on, repeating and forgetting nothing."""

from __future__ import annotations

import asyncio
import signal

import pytest
from crashing import describe, dying_gateway, move
from gateway_rig import Rig, free_port, opened

from haveri_contracts.incident import commands

STEPS = "haveri_teams_gateway.store.workflow_steps:WorkflowSteps"
GRAPH = "haveri_teams_gateway.adapters.teams.graph:Graph.create_channel"
POST = "haveri_teams_gateway.adapters.teams.connector:Connector.open_thread"
INBOX = "haveri_teams_gateway.store.activities:ActivityStore"
JOBS = "haveri_teams_gateway.store.jobs:Jobs"
ORDERS = "haveri_teams_gateway.application.neighbours:Commands.send"

MOMENTS = [
    (f"{INBOX}.put", "", "after"),
    (ORDERS, "", "before"),
    (ORDERS, "", "after"),
    (f"{INBOX}.finish", "", "before"),
    (f"{JOBS}.end", "activity", "after"),
    (f"{JOBS}.ask", "chat", "after"),
    (f"{STEPS}.claim", "create_channel", "after"),
    (GRAPH, "", "after"),
    (f"{STEPS}.finish", "create_channel", "after"),
    (f"{STEPS}.claim", "post_workflow_card", "after"),
    (POST, "", "after"),
    (f"{STEPS}.finish", "post_workflow_card", "after"),
    (f"{STEPS}.finish", "post_global_card", "after"),
    (f"{STEPS}.claim", "invite", "after"),
    (f"{STEPS}.finish", "link_chat", "before"),
]


@pytest.mark.parametrize("moment", MOMENTS, ids=describe)
async def test_a_gateway_that_dies_is_taken_over_without_a_trace(rig: Rig, moment: tuple[str, str, str]) -> None:
    async with rig.gateway() as gateway:
        works = await rig.works(gateway)
    port = free_port()
    async with dying_gateway(rig, moment, port) as process:
        await rig.listening(port)
        await move(rig, works, f"http://127.0.0.1:{port}")
        await works.user().say("General", "/incident Filler 2 jammed")
        assert await asyncio.wait_for(process.wait(), 20) == -signal.SIGKILL
    async with rig.gateway() as heir:
        await move(rig, works, heir.url)
        await opened(works, "inc-1-filler-2-jammed", timeout=40)
        await rig.until(lambda: rig.neighbours.sent(works, commands.LinkChat), within=40)
        (channel,) = [c for c in await works.handle.channels() if c.name.startswith("inc-")]
        await works.handle.wait_for_message(channel, lambda m: bool(m.mentions), timeout=40)
        await asyncio.sleep(0.5)
        messages = [m for m in await works.handle.messages(channel) if m.by_bot]
        assert len([m for m in messages if m.card is not None]) == 1
        assert len([m for m in messages if m.mentions]) == 1
        assert len([m for m in await works.handle.messages(works.global_channel) if m.card is not None]) == 1
        assert len(rig.neighbours.sent(works, commands.DeclareIncident)) == 1
