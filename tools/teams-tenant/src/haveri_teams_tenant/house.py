"""Everything that makes a tenant, chosen in one place."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from haveri_teams_tenant.clock import Clock, Ids
from haveri_teams_tenant.connector.limits import Limits
from haveri_teams_tenant.control.faults import Faults
from haveri_teams_tenant.control.traffic import Traffic
from haveri_teams_tenant.identity import keys
from haveri_teams_tenant.identity.keys import KeyRing
from haveri_teams_tenant.identity.tokens import TokenIssuer
from haveri_teams_tenant.mail.mailboxes import Mailboxes
from haveri_teams_tenant.mail.smtp import MailDoor
from haveri_teams_tenant.people.administration import Administration
from haveri_teams_tenant.people.bot_posts import BotPosts
from haveri_teams_tenant.people.card_actions import CardActions
from haveri_teams_tenant.people.channels import Channels
from haveri_teams_tenant.people.messaging import Messaging
from haveri_teams_tenant.people.uploads import Uploads
from haveri_teams_tenant.push.activities import ActivityWriter
from haveri_teams_tenant.push.invokes import Invoker
from haveri_teams_tenant.push.outbox import Outbox
from haveri_teams_tenant.push.publisher import Publisher
from haveri_teams_tenant.push.sender import Sender
from haveri_teams_tenant.settings import TenantSettings
from haveri_teams_tenant.state.feed import Feed
from haveri_teams_tenant.state.store import Store
from haveri_teams_tenant.state.world import World


class House:
    """The parts of a running tenant; state is loaded from `settings.data_dir`."""

    def __init__(self, settings: TenantSettings, clock: Clock, ids: Ids) -> None:
        self.settings = settings
        self.clock = clock
        self.ids = ids
        self.store = store = Store(settings.data_dir / "tenant.sqlite3")
        self.world = world = World(store, clock)
        self.feed = feed = Feed(clock)
        self.tokens = TokenIssuer(KeyRing(keys.BOT_FRAMEWORK, store, ids), KeyRing(keys.ENTRA, store, ids), clock, ids)
        self.sender = Sender(self.tokens, settings.service_url)
        self.outbox = Outbox(world, self.sender, feed, clock, settings.message_timeout, settings.longest_backoff)
        writer = ActivityWriter(world, clock, ids, settings.service_url, settings.base_url)
        self.publisher = publisher = Publisher(world, self.outbox, writer)
        self.invoker = Invoker(self.sender, ids, settings.invoke_timeout)
        self.channels = Channels(world, publisher, feed, clock, ids)
        self.administration = Administration(world, self.channels, publisher, self.outbox, feed, clock, ids)
        self.messaging = Messaging(world, publisher, feed, clock, ids)
        self.bot_posts = BotPosts(world, feed, clock)
        self.card_actions = CardActions(world, publisher, self.invoker, feed, ids)
        self.uploads = Uploads(store, ids, settings.base_url)
        self.mailboxes = Mailboxes(world, feed, clock)
        self.mail_door = MailDoor(self.mailboxes, settings.mail_port)
        self.limits = Limits(clock)
        self.faults = Faults()
        self.traffic = Traffic()


def house_of(request: Request) -> House:
    """The house that serves this request."""
    house: House = request.app.state.house
    return house


async def _house(request: Request) -> House:
    """The same as a dependency; a coroutine, as FastAPI would send a plain function through a thread."""
    return house_of(request)


HouseDep = Annotated[House, Depends(_house)]
