"""A tenant from outside: seeded, looked at, waited for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from typing import Literal, TypeVar

from pydantic import TypeAdapter

from haveri_teams_tenant.client.connection import Connection
from haveri_teams_tenant.client.models import (
    AppInstall,
    Delivery,
    Json,
    Mail,
    Message,
    Person,
    Place,
    Team,
    TeamSeed,
    UserSeed,
)
from haveri_teams_tenant.client.person import Actor, place_name

T = TypeVar("T")
SEED_USERS = TypeAdapter(list[UserSeed])


class TenantHandle:
    """One tenant by its id."""

    def __init__(self, connection: Connection, tenant_id: str) -> None:
        self._connection = connection
        self.id = tenant_id
        self._base = f"/tenants/{tenant_id}"

    async def seed(self, name: str, users: Sequence[UserSeed], teams: Sequence[TeamSeed] = ()) -> list[Person]:
        """Bring the tenant to at least this state; safe to repeat."""
        people = SEED_USERS.dump_python([*users], by_alias=True)
        body = {"name": name, "users": people, "teams": [_team(team) for team in teams]}
        seen = await self._connection.call("PUT", self._base, body)
        return [Person.model_validate(user) for user in seen["users"]]

    async def install(self, app: AppInstall) -> None:
        """Register a bot and install it."""
        body = {name: value for name, value in asdict(app).items() if value is not None and name != "app_id"}
        body["commands"] = [{"title": title, "description": about} for title, about in app.commands.items()]
        await self._connection.call("PUT", f"{self._base}/apps/{app.app_id}", body)

    async def remove_app(self, app_id: str) -> None:
        """Remove a bot; its calls are answered 403 from now on."""
        await self._connection.call("DELETE", f"{self._base}/apps/{app_id}")

    def as_user(self, name: str) -> Actor:
        """Somebody by name, e-mail address or aadObjectId."""
        return Actor(self._connection, self.id, name)

    async def teams(self) -> list[Team]:
        """The teams."""
        found = await self._connection.call("GET", f"{self._base}/teams")
        return [Team.model_validate(body) for body in found]

    async def channels(self, team: str | None = None) -> list[Place]:
        """The channels of all teams, or of one by group id, oldest first."""
        found = await self._connection.call("GET", f"{self._base}/channels", team=team)
        return [Place.model_validate(body) for body in found]

    async def channel(self, name: str) -> Place | None:
        """The channel of this name."""
        return next((channel for channel in await self.channels() if channel.name == name), None)

    async def messages(self, place: Place | str) -> list[Message]:
        """Everything in a place by record or id, deleted and targeted messages included, oldest first."""
        found = await self._connection.call("GET", f"{self._base}/messages", place=place_name(place))
        return [Message.model_validate(body) for body in found]

    async def message(self, message_id: str) -> Message:
        """One message."""
        return Message.model_validate(await self._connection.call("GET", f"{self._base}/messages/{message_id}"))

    async def wait_for(self, look: Callable[[], Awaitable[T | None]], timeout: float = 10.0) -> T:
        """Look, and look again after every change of the tenant, until it gives something. Raises TimeoutError.

        `look` gives None (or False, or an empty list) while what is waited for is not there.
        """
        async with asyncio.timeout(timeout):
            cursor = (await self._connection.call("GET", f"{self._base}/wait"))["cursor"]
            while not (found := await look()):
                answer = await self._connection.call("GET", f"{self._base}/wait", since=cursor, timeout=20)
                cursor = answer["cursor"]
            return found

    async def wait_for_channel(self, fits: Callable[[Place], bool], timeout: float = 10.0) -> Place:
        """The first channel that fits, as soon as there is one."""

        async def look() -> Place | None:
            return next((channel for channel in await self.channels() if fits(channel)), None)

        return await self.wait_for(look, timeout)

    async def wait_for_message(
        self, place: Place | str, fits: Callable[[Message], bool], timeout: float = 10.0
    ) -> Message:
        """The first message of a place that fits, as soon as there is one."""

        async def look() -> Message | None:
            return next((message for message in await self.messages(place) if fits(message)), None)

        return await self.wait_for(look, timeout)

    async def wait_for_mail(self, person: str, fits: Callable[[Mail], bool], timeout: float = 10.0) -> Mail:
        """The first mail to this person that fits, as soon as there is one."""

        async def look() -> Mail | None:
            return next((mail for mail in await self.as_user(person).mails() if fits(mail)), None)

        return await self.wait_for(look, timeout)

    async def wait_until_delivered(self, timeout: float = 10.0) -> None:
        """Until the bots took, or refused, every activity."""

        async def look() -> bool:
            return not (await self._connection.call("GET", f"{self._base}/deliveries"))["pending"]

        await self.wait_for(look, timeout)

    async def deliveries(self) -> list[Delivery]:
        """The latest activities that bots took or refused, then those under way."""
        found = await self._connection.call("GET", f"{self._base}/deliveries")
        return [Delivery.model_validate(body) for body in [*found["done"], *found["pending"]]]

    async def hold_deliveries(self) -> None:
        """Keep activities back."""
        await self._connection.call("POST", f"{self._base}/deliveries/hold")

    async def release_deliveries(self, order: Literal["original", "reversed", "shuffled"] = "original") -> int:
        """Let them go, out of order if asked; tells how many."""
        answer = await self._connection.call("POST", f"{self._base}/deliveries/release", {"order": order})
        return int(answer["count"])

    async def redeliver(self, activity_id: str = "", *, new_id: bool = False) -> int:
        """Deliver the latest activity, or that of this id, once more; tells the bot's HTTP status."""
        body = {"activity_id": activity_id, "new_id": new_id}
        answer = await self._connection.call("POST", f"{self._base}/deliveries/redeliver", body)
        return int(answer["status"])


def _team(team: TeamSeed) -> Json:
    channels = [(c, "") if isinstance(c, str) else c for c in team.channels]
    return {**asdict(team), "channels": [{"name": name, "id": channel_id} for name, channel_id in channels]}
