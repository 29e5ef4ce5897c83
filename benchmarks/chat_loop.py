"""The loop that people feel: from the chat command to channel, workflow card and global card at the tenant.

Measured until the tenant has stored BOTH cards, by the tenant's own time stamps, not until something was acknowledged.
One user declares one incident after the other, slowly enough that the pace Teams allows (50 requests a second for
an app in a tenant, 7 for a conversation) is not what is measured. Thirty-two at once cannot avoid it: their 96
messages need two of those seconds' windows, so the best that anybody may do is a little above one second.
"""

from __future__ import annotations

import asyncio

from benchmarks.chats import Chat, Declared
from benchmarks.houses import house
from benchmarks.report import Report, measured, median, percentile
from haveri_teams_tenant.client import TenantClient
from haveri_tool.testing import RunningHouse

ONE_USER = 100
PAUSE_SECONDS = 0.4
AT_ONCE = 32
ROUNDS = 3
ROUND_PAUSE_SECONDS = 4.0


async def one_user(chat: Chat) -> None:
    """One person declares, and declares again a moment later."""
    for n in range(ONE_USER):
        await chat.declare(chat.people[0], f"one {n}")
        await asyncio.sleep(PAUSE_SECONDS)


async def at_once(chat: Chat) -> None:
    """Different people declare at the same moment."""
    for turn in range(ROUNDS):
        await asyncio.gather(
            *(chat.declare(chat.people[n % len(chat.people)], f"many {turn} {n}") for n in range(AT_ONCE))
        )
        await asyncio.sleep(ROUND_PAUSE_SECONDS)


def took(declared: dict[str, Declared], mark: str) -> list[float]:
    """The milliseconds of those whose mark begins so."""
    return [one.milliseconds for title, one in declared.items() if f"({mark} " in title]


async def measure(running: RunningHouse) -> Report:
    """One user first, then many."""
    report = Report("chat_loop", "chat command to channel, workflow card and global card at the tenant")
    async with TenantClient(running.endpoints["teams_tenant"]) as client:
        chat = Chat(client)
        await chat.declare(chat.people[0], "first")
        first = (await chat.declared())["Filler 2 jammed (first)"].milliseconds
        await client.reset_requests()
        await one_user(chat)
        await chat.declared()
        await at_once(chat)
        declared = await chat.declared()
        throttled = {name: count for name, count in (await client.requests()).items() if name.endswith(" 429")}
    alone, crowd = took(declared, "one"), took(declared, "many")
    report.at_most(f"one user, {ONE_USER} declared, p50", median(alone), 65, "ms")
    report.at_most(f"one user, {ONE_USER} declared, p99", percentile(alone, 0.99), 250, "ms")
    report.at_most(f"{AT_ONCE} declared at once, {ROUNDS} rounds, p99", percentile(crowd, 0.99), 2000, "ms")
    report.at_most(f"{AT_ONCE} declared at once, failed", ROUNDS * AT_ONCE - len(crowd), 0, "")
    numbers = sorted(one.number for one in declared.values())
    wrong = len(set(range(1, len(declared) + 1)) ^ set(numbers)) + len(numbers) - len(set(numbers))
    report.at_most("incident numbers missing or twice", wrong, 0, "")
    report.details = {
        "the first after the start, ms": round(first),
        f"{AT_ONCE} at once, p50, ms": round(median(crowd)),
        f"{AT_ONCE} at once, the slowest of each round, ms": [
            round(max(took(declared, f"many {turn}"))) for turn in range(ROUNDS)
        ],
        "answers 429 from the tenant": throttled,
    }
    return report


def run() -> Report:
    """Measure and give the report."""
    return measured(house, measure)


if __name__ == "__main__":
    run().show(details=True)
