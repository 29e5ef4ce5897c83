"""People of the demo plant who declare incidents at the local tenant, and when the tenant had which card."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime

from haveri_directory.demo import teams_tenant
from haveri_directory.demo.plants import DEMO, parsed_plant
from haveri_teams_tenant.client import Message, TenantClient

_LOOKS = 60
_LOOK_EVERY = 1.0


@dataclass(frozen=True)
class Declared:
    """One incident: when its command was sent and when the tenant stored each card."""

    number: int
    channel: str
    sent_at: datetime
    workflow_card_at: datetime
    global_card_at: datetime

    @property
    def milliseconds(self) -> float:
        """From the command to the later of the two cards."""
        return (max(self.workflow_card_at, self.global_card_at) - self.sent_at).total_seconds() * 1000


class Chat:
    """The demo plant's chat. All times are of one clock: the tenant runs on this machine."""

    def __init__(self, client: TenantClient) -> None:
        seed = teams_tenant(DEMO)
        may_declare = {member["email"] for member in parsed_plant(DEMO)["members"] if member["role"] != "viewer"}
        self.people = [email for email in seed.teams[0].members if email in may_declare]
        self.everybody = [user.email for user in seed.users]
        self.tenant = client.tenant(seed.tenant_id)
        self._global = seed.teams[0].global_channel_id
        self.sent: dict[str, datetime] = {}

    async def declare(self, person: str, mark: str, severity: str = "sev2") -> None:
        """Type `/incident …` in General; `mark` tells this incident from the others."""
        title = f"Filler 2 jammed ({mark})"
        self.sent[title] = datetime.now(UTC)
        await self.tenant.as_user(person).command("General", f"/incident {title}, line 1 down {severity}")

    async def declared(self) -> dict[str, Declared]:
        """Those by title that have both their cards, as soon as all have, or when patience ends.

        It looks once a second only, so that looking does not slow down what is measured.
        """
        for _ in range(_LOOKS):
            await asyncio.sleep(_LOOK_EVERY)
            cards = [message for message in await self.tenant.messages(self._global) if message.card is not None]
            if len(cards) >= len(self.sent):
                break
        channels = {place.name.split("-")[1]: place for place in await self.tenant.channels() if "-" in place.name}
        found: dict[str, Declared] = {}
        for card in cards:
            title, number = self._title_of(card), _number_of(card)
            channel = channels[str(number)]
            workflow_card = next((message for message in await self.tenant.messages(channel) if message.card), None)
            if workflow_card is not None:
                times = (self.sent[title], workflow_card.created_at, card.created_at)
                found[title] = Declared(number, channel.name, *times)
        return found

    def _title_of(self, card: Message) -> str:
        return next(title for title in self.sent if card.card is not None and title in card.card)


def _number_of(card: Message) -> int:
    words = " ".join(card.card.texts() if card.card else ()).replace(":", " ").split()
    return next(int(word[4:]) for word in words if word.startswith("INC-") and word[4:].isdigit())
