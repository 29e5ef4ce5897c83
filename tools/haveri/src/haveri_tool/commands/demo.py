"""`haveri demo`: one whole incident, played through the local Teams tenant as people would."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from haveri_directory.demo import DEMO, teams_tenant
from haveri_teams_tenant.client import Actor, Message, Place, TenantClient, TenantHandle
from haveri_tool.access import Access
from haveri_tool.trouble import Trouble

OPERATOR = "henna.koskinen@haveri.example"
TECHNICIAN = "timo.rantanen@haveri.example"
SHIFT_LEAD = "mikko.virtanen@haveri.example"
MANAGER = "Juhani Korhonen"
_WAIT_SECONDS = 30.0
_TITLE = "Filler 2 jammed, line 1 down"


class NoLocalTenant(Trouble):
    """The house talks to a real Microsoft 365 tenant, where nobody plays."""


@dataclass(frozen=True)
class Stage:
    """Where the play happens, and the incident's number, channel and cards."""

    tenant: TenantHandle
    say: Callable[[str], None]
    number: str
    channel: Place
    card: Message
    global_card: Message

    def person(self, email: str) -> Actor:
        """Somebody of the demo plant."""
        return self.tenant.as_user(email)

    async def until_cards_say(self, text: str) -> None:
        """Wait until both cards show `text`."""
        for card in (self.card, self.global_card):

            async def shows(card: Message = card) -> bool:
                now = (await self.tenant.message(card.id)).card
                return now is not None and text in now

            await self.tenant.wait_for(shows, _WAIT_SECONDS)


async def play(access: Access, say: Callable[[str], None]) -> None:
    """Play an incident from declaration to close; `say` is given each step in words.

    Raises NoLocalTenant, TenantRefused or TimeoutError.
    """
    address = access.endpoints.get("teams_tenant")
    if not address:
        raise NoLocalTenant("This house has no local Teams tenant to play in (HAVERI_TEAMS_LOGIN_URL is set).")
    async with TenantClient(address) as client:
        tenant = client.tenant(teams_tenant(DEMO).tenant_id)
        stage = await _declare(tenant, say)
        await _take(stage, access.secrets.teams_app_id())
        await _work(stage)
        await _resolve(stage)
        await _close(stage)
    web = access.endpoints["web"]
    say(f"\nLook at it: the channel {stage.channel.name} in the chat, {address}")
    say(f"and the whole timeline on the dashboard, {web}/incidents/{stage.number}")


async def _declare(tenant: TenantHandle, say: Callable[[str], None]) -> Stage:
    known = {channel.id for channel in await tenant.channels()}
    say(f"Henna Koskinen, operator, types in General:  /incident {_TITLE} sev1")
    begun = time.monotonic()
    await tenant.as_user(OPERATOR).command("General", f"/incident {_TITLE} sev1")
    channel = await tenant.wait_for_channel(lambda place: place.id not in known, _WAIT_SECONDS)
    card = await tenant.wait_for_message(channel, lambda message: message.card is not None, _WAIT_SECONDS)
    number = "-".join(channel.name.split("-")[:2]).upper()
    incidents = next(found for found in await tenant.channels() if found.name == "Incidents")
    global_card = await tenant.wait_for_message(
        incidents, lambda message: message.card is not None and number in message.card, _WAIT_SECONDS
    )
    say(f"  After {(time.monotonic() - begun) * 1000:.0f} ms: channel {channel.name} with the workflow card,")
    say("  and a summary card in the channel Incidents.")
    return Stage(tenant, say, number, channel, card, global_card)


async def _take(stage: Stage, app_id: str) -> None:
    """Wait until everybody who is to be called has their card, and let the first of them press its button."""
    calls: dict[str, Message] = {}

    async def called() -> bool:
        for user in teams_tenant(DEMO).users:
            person = stage.person(user.email)
            for message in await person.messages(await person.chat_with(app_id)):
                if message.card is not None and f"{stage.number} " in "\n".join(message.card.texts()) + " ":
                    calls[user.name] = message
        return MANAGER in calls and len(calls) > 1

    await stage.tenant.wait_for(called, _WAIT_SECONDS)
    stage.say(f"Haveri calls {', '.join(sorted(calls))}: a card in their own chats, with one button.")
    taker = min(name for name in calls if name != MANAGER)
    stage.say(f"{taker}, who is on shift, presses “I've got it”. The others' cards say so; nobody else is called.")
    card = calls[taker].card
    await stage.person(taker).press(calls[taker].id, card.actions()[0] if card else "")

    async def silent() -> bool:
        shown = (await stage.tenant.message(calls[MANAGER].id)).card
        return shown is not None and taker in shown and not shown.actions()

    await stage.tenant.wait_for(silent, _WAIT_SECONDS)


async def _work(stage: Stage) -> None:
    operator, technician, lead = (stage.person(who) for who in (OPERATOR, TECHNICIAN, SHIFT_LEAD))
    stage.say("Henna writes what she sees, and corrects herself. All of it is on the timeline.")
    said = await operator.say(stage.channel, "Bottles pile up at the infeed, the starwheel does not turn")
    await operator.edit(said, "Bottles pile up at the infeed; the starwheel turns only by hand")
    stage.say("Mikko Virtanen, shift lead, types  /status investigating  and  /lead @Timo Rantanen")
    await lead.command(stage.channel, "/status investigating")
    await stage.until_cards_say("Investigating")
    await lead.command(stage.channel, "/lead @Timo Rantanen")
    await stage.until_cards_say("Timo Rantanen")
    stage.say("  Both cards follow: Investigating, led by Timo Rantanen, maintenance.")
    stage.say("Timo logs what he does with  /did  and  /note , and the line runs slowly again:  /sev 2")
    await technician.command(stage.channel, "/did swapped the infeed sensor")
    await technician.command(stage.channel, "/note the old sensor's cable was worn through by the guard rail")
    await technician.command(stage.channel, "/sev 2")
    await stage.until_cards_say("SEV2")
    await technician.command(stage.channel, "/status mitigated")
    await stage.until_cards_say("Mitigated")


async def _resolve(stage: Stage) -> None:
    stage.say("Timo presses “Resolve” and fills in the form: what happened, root cause, resolution, impact.")
    technician = stage.person(TECHNICIAN)
    form = await technician.open_form(stage.card, "resolve")
    await technician.submit_form(
        form,
        {
            "what_happened": "The infeed sensor of filler 2 failed; the starwheel stopped and bottles jammed.",
            "root_cause": "The cable lay on the guard rail and was worn through.",
            "root_cause_category": "electrical",
            "resolution": "Sensor replaced, cable moved into the duct.",
            "resolution_type": "replaced",
            "duration_minutes": "25",
            "lines_affected": "1",
            "units_lost": "1800",
        },
    )
    await stage.until_cards_say("Resolved")


async def _close(stage: Stage) -> None:
    stage.say("Mikko presses “Close” and names what is left to do.")
    lead = stage.person(SHIFT_LEAD)
    form = await lead.open_form(stage.card, "close")
    await lead.submit_form(form, {"follow_up_1_what": "Check the cables of the other fillers' sensors"})
    await stage.until_cards_say("Closed")
    stage.say(f"  {stage.number} is closed; its timeline can be verified:  haveri verify")
