"""Somebody is called: from the chat command to the first call card in a person's own chat, stored by the tenant.

Two hundred incidents are declared within a minute by different people of the demo plant, each by the policy that the
plant has for its severity. Measured from the moment the command was typed to the tenant's time stamp of the first
card that a called person sees. The bench looks afterwards, so that looking does not slow down what is measured.
"""

from __future__ import annotations

import asyncio
from datetime import datetime

from benchmarks.chats import Chat
from benchmarks.houses import house
from benchmarks.report import Report, measured, median, percentile
from haveri_teams_tenant.client import TenantClient
from haveri_tool.testing import RunningHouse

INCIDENTS = 200
WITHIN_SECONDS = 60.0
SEVERITIES = ("sev1", "sev2", "sev3")
_LOOKS = 40
_LOOK_EVERY = 2.0


class Crew(Chat):
    """The demo plant's people, who declare and are called."""

    def __init__(self, client: TenantClient, app_id: str) -> None:
        super().__init__(client)
        self._app_id = app_id

    async def call(self, number: int) -> None:
        """Somebody declares an incident for which others are called."""
        person, severity = self.people[number % len(self.people)], SEVERITIES[number % len(SEVERITIES)]
        await self.declare(person, f"call {number}", severity)

    async def first_calls(self) -> dict[str, datetime]:
        """When the first call of each incident reached anybody's own chat."""
        found: dict[str, datetime] = {}
        for _ in range(_LOOKS):
            found = await self._look()
            if len(found) == len(self.sent):
                break
            await asyncio.sleep(_LOOK_EVERY)
        return found

    async def _look(self) -> dict[str, datetime]:
        found: dict[str, datetime] = {}
        for person in self.everybody:
            chat = await self.tenant.as_user(person).chat_with(self._app_id)
            for message in await self.tenant.messages(chat):
                shown = "\n".join(message.card.texts()) if message.card else ""
                for title in self.sent:
                    if title in shown:
                        found[title] = min(message.created_at, found.get(title, message.created_at))
        return found


async def measure(running: RunningHouse) -> Report:
    """Declare at an even pace, wait for the calls, compare the clocks."""
    report = Report("first_call", "chat command to the first call card in somebody's own chat, at the tenant")
    async with TenantClient(running.endpoints["teams_tenant"]) as client:
        crew = Crew(client, (running.root / "secrets" / "teams-app-id").read_text().strip())
        await crew.call(INCIDENTS)  # the first opens everybody's chat with the bot
        await crew.first_calls()
        await client.reset_requests()
        loop = asyncio.get_running_loop()
        begun = loop.time()
        for number in range(INCIDENTS):
            await asyncio.sleep(max(0.0, begun + number * WITHIN_SECONDS / INCIDENTS - loop.time()))
            await crew.call(number)
        calls = await crew.first_calls()
        throttled = {name: count for name, count in (await client.requests()).items() if name.endswith(" 429")}
    took = [(calls[title] - crew.sent[title]).total_seconds() * 1000 for title in calls if f"{INCIDENTS})" not in title]
    report.at_most(f"{INCIDENTS} declared in a minute, p99", percentile(took, 0.99), 2000, "ms")
    report.at_most("incidents for which nobody was called", len(crew.sent) - len(calls), 0, "")
    report.details = {
        "p50, ms": round(median(took)),
        "slowest, ms": round(max(took)),
        "answers 429 from the tenant": throttled,
    }
    return report


def run() -> Report:
    """Measure and give the report."""
    return measured(house, measure)


if __name__ == "__main__":
    run().show(details=True)
