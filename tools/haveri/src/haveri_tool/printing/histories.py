"""What `haveri verify` and `haveri replay` say."""

from __future__ import annotations

from collections.abc import Sequence

from haveri_tool.access import running_house
from haveri_tool.bus_client import bus_client_at
from haveri_tool.home import Home
from haveri_tool.upkeep.published import SOURCES
from haveri_tool.upkeep.replay import replay
from haveri_tool.upkeep.verify import Finding, verify


async def print_verification(home: Home, organization: str | None) -> bool:
    """Say what was checked and every finding; gives whether there was none."""

    def report(finding: Finding) -> None:
        print(f"{finding.organization} {finding.incident}: {finding.text}")

    done = await verify(running_house(home).database_url, organization, report)
    checked = (
        f"{done.counts['incidents']} incidents of {len(done.organizations)} organisations, "
        f"{done.counts['events']} events, {done.counts['entries']} timeline entries"
    )
    if done.findings:
        print(f"Checked {checked}: {done.findings} findings.")
        return False
    print(f"Checked {checked}: every chain holds, and events and timelines fold to the incidents' states.")
    return True


async def print_replay(home: Home, organization: str | None, sources: Sequence[str] | None) -> None:
    """Publish again, saying how far it has come."""
    access = running_house(home)
    shown = 0

    def progress(count: int) -> None:
        nonlocal shown
        if count - shown >= 1000:
            shown = count
            print(f"{count} …", flush=True)

    chosen = tuple(name.replace("-", "_") for name in sources) if sources else SOURCES
    async with bus_client_at(access.nats_url) as client:
        count = await replay(
            access.database_url, client.bus, organization=organization, sources=chosen, progress=progress
        )
    print(f"{count} events of {', '.join(chosen)} were published again; readers pass over those they know.")
