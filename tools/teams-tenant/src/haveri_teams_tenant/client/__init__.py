"""A client of the tenant's control API, for tests, demonstrations and benchmarks."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Literal, Self, TypedDict, Unpack

from haveri_teams_tenant.client.connection import Connection, TenantRefused
from haveri_teams_tenant.client.models import (
    AppInstall,
    Attachment,
    Card,
    Delivery,
    Dialog,
    Mail,
    Message,
    Outcome,
    Person,
    Place,
    Team,
    TeamSeed,
    UserSeed,
)
from haveri_teams_tenant.client.person import Actor
from haveri_teams_tenant.client.tenant import TenantHandle
from haveri_teams_tenant.control.bodies import Surface

__all__ = [
    "Actor",
    "AppInstall",
    "Attachment",
    "Card",
    "Delivery",
    "Dialog",
    "Mail",
    "Message",
    "Outcome",
    "Person",
    "Place",
    "Team",
    "TeamSeed",
    "TenantClient",
    "TenantHandle",
    "TenantRefused",
    "UserSeed",
]


class Fault(TypedDict, total=False):
    """What can be said of a fault; what is not said is as in `NewFault`."""

    method: str
    path_pattern: str
    times: int | None
    rate: float
    effect: Literal["status", "timeout", "close", "delay"]
    status: int
    retry_after: int
    seconds: float
    when: Literal["before", "after"]


class TenantClient:
    """The tenant process at `base_url`; use it as an async context manager. `timeout` is in seconds."""

    def __init__(self, base_url: str, timeout: float = 60.0) -> None:
        self._connection = Connection(base_url, timeout)

    def tenant(self, tenant_id: str) -> TenantHandle:
        """One tenant, whether it exists yet or not."""
        return TenantHandle(self._connection, tenant_id.lower())

    async def tenants(self) -> dict[str, str]:
        """The names of all tenants by id."""
        return {tenant["id"]: tenant["name"] for tenant in await self._connection.call("GET", "/tenants")}

    async def ready(self) -> bool:
        """Whether the tenant answers."""
        return await self._connection.ready()

    async def fail(self, surface: Surface | None = None, **fault: Unpack[Fault]) -> None:
        """Let the next requests that match fail; `when="after"` applies them first and loses the answer."""
        await self._connection.call("POST", "/faults", {"surface": surface, **fault})

    async def clear_faults(self) -> None:
        """No faults and no outages any more."""
        await self._connection.call("DELETE", "/faults")

    async def outage(self, *surfaces: Surface) -> None:
        """Take these services down, and bring back all others."""
        down = {name: name in surfaces for name in ("connector", "graph", "identity")}
        await self._connection.call("PUT", "/outages", down)

    async def limits(self, **rules: list[tuple[int, float]]) -> None:
        """Set limits (how many, within seconds): per_thread, per_app_per_tenant, graph_reads, graph_writes."""
        await self._connection.call("PUT", "/limits", rules)

    async def lift_limits(self) -> None:
        """No limits at all, until the process ends or `restore_limits`."""
        await self.limits(per_thread=[], per_app_per_tenant=[], graph_reads=[], graph_writes=[])

    async def restore_limits(self) -> None:
        """Microsoft's limits again."""
        await self._connection.call("DELETE", "/limits")

    async def patience(self, seconds: float) -> None:
        """How long invokes may take before they are repeated."""
        await self._connection.call("PUT", "/patience", {"seconds": seconds})

    async def rotate_keys(
        self, ring: Literal["bot-framework", "entra"] = "bot-framework", *, keep_old: bool = True
    ) -> str:
        """Sign with a new key; tells its kid."""
        answer = await self._connection.call("POST", "/keys/rotate", {"ring": ring, "keep_old": keep_old})
        return str(answer["detail"])

    async def push_token(
        self, app_id: str, claims: dict[str, Any] | None = None, omit: tuple[str, ...] = (), *, forged: bool = False
    ) -> str:
        """A token as pushes carry it, or one that is wrong on purpose."""
        body = {"app_id": app_id, "claims": claims or {}, "omit": list(omit), "forged": forged}
        return str((await self._connection.call("POST", "/tokens", body))["token"])

    async def mail_door(self) -> tuple[str, int]:
        """Host and port that speak SMTP."""
        door = await self._connection.call("GET", "/mail-door")
        return str(door["host"]), int(door["port"])

    async def requests(self) -> dict[str, int]:
        """Counters such as `graph POST 201` since the start or the last reset."""
        counters: dict[str, int] = (await self._connection.call("GET", "/requests", last=0))["counters"]
        return counters

    async def reset_requests(self) -> None:
        """Count anew."""
        await self._connection.call("DELETE", "/requests")

    async def close(self) -> None:
        """Let go of the connection."""
        await self._connection.close()

    async def __aenter__(self) -> Self:
        """The client is open from the start."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of the connection."""
        await self.close()
