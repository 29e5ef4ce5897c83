"""Activities on their way: kept on disk until the bot took them, in order within a conversation."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from haveri_teams_tenant.clock import Clock
from haveri_teams_tenant.push.sender import BotAnswer, Sender
from haveri_teams_tenant.state.feed import Feed
from haveri_teams_tenant.state.records import Delivery, Json
from haveri_teams_tenant.state.world import World

log = logging.getLogger(__name__)

REMEMBERED = 1_000
FIRST_BACKOFF = 0.1
Order = Literal["original", "reversed", "shuffled"]


@dataclass
class Delivered:
    """What became of an activity, for tests to look at."""

    number: int
    tenant_id: str
    app_id: str
    activity: Json
    status: int
    attempts: int
    at: datetime


@dataclass
class Lane:
    """The activities of one conversation; one is under way at a time."""

    waiting: deque[Delivery] = field(default_factory=deque)
    task: asyncio.Task[None] | None = None


class Outbox:
    """Delivers every activity at least once; a bot that is down gets them when it is back."""

    def __init__(self, world: World, sender: Sender, feed: Feed, clock: Clock, timeout: float, backoff: float) -> None:
        self._world = world
        self._sender = sender
        self._feed = feed
        self._clock = clock
        self._timeout = timeout
        self._longest_backoff = backoff
        self._lanes: dict[str, Lane] = defaultdict(Lane)
        self._bot_is_back: dict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._held: set[str] = set()
        self.delivered: deque[Delivered] = deque(maxlen=REMEMBERED)
        self._number = 0
        for delivery in world.store.load(Delivery):
            self._lanes[delivery.lane].waiting.append(delivery)
            self._number = max(self._number, delivery.number)

    def write(self, tenant_id: str, app_id: str, lane: str, activity: Json) -> Delivery:
        """Put an activity on disk; belongs in the transaction of what it tells about. `dispatch` starts it."""
        self._number += 1
        delivery = Delivery(
            number=self._number, tenant_id=tenant_id, app_id=app_id, lane=f"{app_id}/{lane}", activity=activity
        )
        self._world.store.save([delivery])
        return delivery

    def dispatch(self, delivery: Delivery) -> None:
        """Send it at once, or after those before it."""
        self._lanes[delivery.lane].waiting.append(delivery)
        self._run(delivery.lane)

    def start(self) -> None:
        """Take up what an earlier process left behind."""
        for name in list(self._lanes):
            self._run(name)

    def pending(self, tenant_id: str) -> list[Delivery]:
        """What was not taken yet."""
        waiting = [delivery for lane in self._lanes.values() for delivery in lane.waiting]
        return sorted((d for d in waiting if d.tenant_id == tenant_id), key=lambda d: d.number)

    def hold(self, tenant_id: str) -> None:
        """Deliver nothing to this tenant's bots until `release`."""
        self._held.add(tenant_id)

    def release(self, tenant_id: str, order: Order) -> int:
        """Deliver what was held, if asked in another order; Teams promises none. Returns how many."""
        self._held.discard(tenant_id)
        count = 0
        for name, lane in list(self._lanes.items()):
            if not lane.waiting or lane.waiting[0].tenant_id != tenant_id:
                continue
            count += len(lane.waiting)
            if order == "reversed":
                lane.waiting.reverse()
            elif order == "shuffled":
                random.shuffle(lane.waiting)
            self._run(name)
        return count

    def drop(self, tenant_id: str, app_id: str) -> None:
        """The app was removed: what was on its way is void."""
        for lane in self._lanes.values():
            for delivery in [d for d in lane.waiting if (d.tenant_id, d.app_id) == (tenant_id, app_id)]:
                lane.waiting.remove(delivery)
                self._world.store.delete(delivery)

    def wake(self, app_id: str) -> None:
        """The bot answered something: whatever waits for it can be tried at once."""
        self._bot_is_back[app_id].set()
        self._bot_is_back.pop(app_id, None)

    def _run(self, name: str) -> None:
        lane = self._lanes[name]
        if lane.task is None and lane.waiting and lane.waiting[0].tenant_id not in self._held:
            lane.task = asyncio.get_running_loop().create_task(self._drain(name, lane), name=f"outbox {name}")

    async def _drain(self, name: str, lane: Lane) -> None:
        try:
            while lane.waiting and lane.waiting[0].tenant_id not in self._held:
                delivery = lane.waiting[0]
                answer, attempts = await self._deliver(lane, delivery)
                if delivery in lane.waiting:
                    lane.waiting.remove(delivery)
                    self._world.store.delete(delivery)
                    self._remember(delivery, answer, attempts)
        finally:
            lane.task = None
            if not lane.waiting:
                self._lanes.pop(name, None)

    async def _deliver(self, lane: Lane, delivery: Delivery) -> tuple[BotAnswer, int]:
        """Try until the bot takes it, refuses it for good, or the app is gone."""
        attempts = 0
        backoff = FIRST_BACKOFF
        while True:
            attempts += 1
            app = self._world.apps[delivery.app_id]
            answer = await self._sender.post(app, delivery.activity, self._timeout)
            if answer.accepted:
                self.wake(delivery.app_id)
            if not answer.worth_repeating:
                return answer, attempts
            log.info("bot %s answered %s, trying again", app.id, answer.status)
            await self._pause(delivery.app_id, answer.retry_after or backoff)
            if delivery not in lane.waiting:
                return answer, attempts
            backoff = min(backoff * 2, self._longest_backoff)

    async def _pause(self, app_id: str, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._bot_is_back[app_id].wait(), seconds)
        except TimeoutError:
            return

    def _remember(self, delivery: Delivery, answer: BotAnswer, attempts: int) -> None:
        now = self._clock.now()
        known = Delivered(
            delivery.number, delivery.tenant_id, delivery.app_id, delivery.activity, answer.status, attempts, now
        )
        self.delivered.append(known)
        place_id = delivery.lane.partition("/")[2]
        kind = "delivery.accepted" if answer.accepted else "delivery.refused"
        self._feed.append(kind, delivery.tenant_id, place_id=place_id, message_id=str(delivery.activity.get("id", "")))

    async def close(self) -> None:
        """Stop; what is not delivered stays on disk for the next process."""
        tasks = [lane.task for lane in self._lanes.values() if lane.task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
