"""A gateway may die while it calls somebody: the next one goes on, and nobody is called or told twice."""

from __future__ import annotations

import asyncio
import signal

import pytest
from crashing import describe, dying_gateway, move
from escalation_rig import FakeEscalation
from gateway_rig import NAMES, Rig, free_port, opened

from haveri_contracts.incident import commands

STORE = "haveri_teams_gateway.store"
STEPS = f"{STORE}.workflow_steps:WorkflowSteps"
CALLS = f"{STORE}.calls:Calls"
NOTICES = f"{STORE}.notices:Notices"
CONNECTOR = "haveri_teams_gateway.adapters.teams.connector:Connector"
REPORT = "haveri_teams_gateway.application.neighbours:Commands.hand_over"
JOBS = f"{STORE}.jobs:Jobs"

MOMENTS = [
    (f"{CALLS}.put", "", "before"),
    (f"{CALLS}.put", "", "after"),
    (f"{STEPS}.claim", "call:", "after"),
    (f"{CONNECTOR}.open_chat", "", "after"),
    (f"{CONNECTOR}.send", "", "after"),
    (f"{STEPS}.finish", "call:", "after"),
    (REPORT, "call_id", "after"),
    (f"{CALLS}.settle", "", "after"),
    (f"{JOBS}.end", "call", "before"),
    (f"{NOTICES}.put", "", "after"),
    (f"{STEPS}.claim", "notice:", "after"),
    (f"{CONNECTOR}.open_thread", "Shift A is needed", "after"),
    (f"{STEPS}.finish", "notice:", "after"),
    (f"{NOTICES}.posted", "", "before"),
]
MIKKO = NAMES[1]
NEEDED = "Shift A is needed"


@pytest.mark.parametrize("moment", MOMENTS, ids=describe)
async def test_a_gateway_that_dies_while_calling_is_taken_over(
    rig: Rig, escalation: FakeEscalation, moment: tuple[str, str, str]
) -> None:
    async with rig.gateway() as gateway:
        works = await rig.works(gateway)
        scene = await opened(works, "inc-1-filler-2-jammed", say="/incident Filler 2 jammed sev1")
        await rig.until(lambda: rig.neighbours.sent(works, commands.LinkChat))
        await works.handle.wait_for_message(scene.channel, lambda m: bool(m.mentions))
    ((_, incident),) = [(k, i) for k, i in rig.neighbours.incidents.items() if k[0] == works.organization]
    port = free_port()
    async with dying_gateway(rig, moment, port) as process:
        await rig.listening(port)
        await move(rig, works, f"http://127.0.0.1:{port}")
        await escalation.call(works, incident, [MIKKO], missing=[NEEDED])
        assert await asyncio.wait_for(process.wait(), 20) == -signal.SIGKILL
    async with rig.gateway() as heir:
        await move(rig, works, heir.url)
        await rig.until(lambda: escalation.reports(works, "delivered"), within=40)
        chat = await works.own_chat(MIKKO, rig.app_id)
        await works.handle.wait_for_message(scene.channel, lambda m: NEEDED in m.text, timeout=40)
        await asyncio.sleep(0.5)
        assert len(await works.handle.messages(chat)) == 1
        assert len([m for m in await works.handle.messages(scene.channel) if NEEDED in m.text]) == 1
        assert [report.outcome for report in escalation.reports(works)] == ["delivered"]
