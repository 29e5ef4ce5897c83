"""Opening the incident's channel once, under the nearest name that is free."""

from __future__ import annotations

from haveri_chat.cards.incident import channel_name
from haveri_chat.ports import ChatPlatform, Conflict
from haveri_contracts.escalation.reasons import Reason, ReasonCode
from haveri_contracts.incident.models import Incident

_OTHER_NAMES = 4
_NAME_LENGTH = 50


def candidate_names(incident: Incident) -> list[str]:
    """The channel's name, and what it is called when somebody else has that name."""
    name = channel_name(incident.number, incident.title)
    suffixes = [f"-{number}" for number in range(2, 2 + _OTHER_NAMES)]
    return [name, *(name[: _NAME_LENGTH - len(suffix)].rstrip("-") + suffix for suffix in suffixes)]


async def find_own_channel(platform: ChatPlatform, home: str, incident: Incident, marker: str) -> str | None:
    """The channel an earlier attempt opened. Every name is looked at: the first may have been taken then."""
    for name in candidate_names(incident):
        found = await platform.find_channel(home, name)
        if found is not None and found.marker == marker:
            return found.channel
    return None


async def open_channel(platform: ChatPlatform, home: str, incident: Incident, marker: str) -> str:
    """Open the channel; raises Conflict when every name is taken."""
    names = candidate_names(incident)
    for name in names:
        try:
            title = f"{incident.number}: {incident.title}"
            return await platform.create_channel(home, name, title=title, marker=marker)
        except Conflict:
            found = await platform.find_channel(home, name)
            if found is not None and found.marker == marker:
                return found.channel
    raise Conflict(Reason.of(ReasonCode.NAMES_TAKEN, first=names[0], last=names[-1]))
