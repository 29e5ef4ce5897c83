"""Everything that makes a tenant, chosen in one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from haveri_teams_tenant.clock import Clock, Ids
from haveri_teams_tenant.connector.limits import Limits
from haveri_teams_tenant.control.faults import Faults
from haveri_teams_tenant.control.traffic import Traffic
from haveri_teams_tenant.identity import keys
from haveri_teams_tenant.identity.keys import KeyRing
from haveri_teams_tenant.identity.tokens import TokenDesk
from haveri_teams_tenant.mail.mailboxes import Mailboxes
from haveri_teams_tenant.mail.smtp import MailDoor
from haveri_teams_tenant.people.administration import Administration
from haveri_teams_tenant.people.bot_posts import BotPosts
from haveri_teams_tenant.people.channels import Channels
from haveri_teams_tenant.people.presses import Presses
from haveri_teams_tenant.people.talk import Talk
from haveri_teams_tenant.people.uploads import Uploads
from haveri_teams_tenant.push.activities import ActivityWriter
from haveri_teams_tenant.push.invokes import Invoker, Patience
from haveri_teams_tenant.push.outbox import Outbox
from haveri_teams_tenant.push.publisher import Publisher
from haveri_teams_tenant.push.sender import Sender
from haveri_teams_tenant.settings import TenantSettings
from haveri_teams_tenant.state.feed import Feed
from haveri_teams_tenant.state.store import Store
from haveri_teams_tenant.state.world import World


@dataclass(frozen=True)
class House:
    """The parts of a running tenant."""

    settings: TenantSettings
    clock: Clock
    ids: Ids
    store: Store
    world: World
    feed: Feed
    tokens: TokenDesk
    sender: Sender
    outbox: Outbox
    invoker: Invoker
    publisher: Publisher
    channels: Channels
    administration: Administration
    talk: Talk
    bot_posts: BotPosts
    presses: Presses
    uploads: Uploads
    mailboxes: Mailboxes
    mail_door: MailDoor
    limits: Limits
    faults: Faults
    traffic: Traffic


def build(settings: TenantSettings, clock: Clock, ids: Ids) -> House:
    """Choose every part; state is loaded from `settings.data_dir`."""
    store = Store(settings.data_dir / "tenant.sqlite3")
    world = World(store, clock)
    feed = Feed(clock)
    tokens = TokenDesk(KeyRing(keys.BOT_FRAMEWORK, store, ids), KeyRing(keys.ENTRA, store, ids), clock, ids)
    sender = Sender(tokens, settings.service_url)
    outbox = Outbox(world, sender, feed, clock, settings.message_timeout, settings.longest_backoff)
    writer = ActivityWriter(world, clock, ids, settings.service_url, settings.base_url)
    publisher = Publisher(world, outbox, writer)
    invoker = Invoker(sender, ids, Patience(settings.invoke_timeout))
    channels = Channels(world, publisher, feed, clock, ids)
    mailboxes = Mailboxes(world, feed, clock)
    return House(
        settings=settings,
        clock=clock,
        ids=ids,
        store=store,
        world=world,
        feed=feed,
        tokens=tokens,
        sender=sender,
        outbox=outbox,
        invoker=invoker,
        publisher=publisher,
        channels=channels,
        administration=Administration(world, channels, publisher, outbox, feed, clock, ids),
        talk=Talk(world, publisher, feed, clock, ids),
        bot_posts=BotPosts(world, feed, clock),
        presses=Presses(world, publisher, invoker, feed, ids),
        uploads=Uploads(store, ids, settings.base_url),
        mailboxes=mailboxes,
        mail_door=MailDoor(mailboxes, settings.mail_port),
        limits=Limits(clock),
        faults=Faults(),
        traffic=Traffic(),
    )


def house_of(request: Request) -> House:
    """The house that serves this request."""
    house: House = request.app.state.house
    return house


async def _house(request: Request) -> House:
    """The same as a dependency; a coroutine, as FastAPI would send a plain function through a thread."""
    return house_of(request)


HouseDep = Annotated[House, Depends(_house)]
