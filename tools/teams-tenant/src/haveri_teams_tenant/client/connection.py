"""One keep-alive connection to the tenant's control API."""

from __future__ import annotations

from typing import Any

import httpx2

HEADER = {"X-Haveri-Tenant-Control": "1"}


class TenantRefused(Exception):
    """The tenant refused; `problems` says for each input of a form what is wrong with it."""

    def __init__(self, status: int, detail: str, problems: dict[str, str] | None = None) -> None:
        super().__init__(f"{status}: {detail}")
        self.status, self.detail, self.problems = status, detail, problems or {}


class Connection:
    """Sends and receives JSON; a refusal becomes TenantRefused."""

    def __init__(self, base_url: str, timeout: float) -> None:
        self._client = httpx2.AsyncClient(base_url=base_url, headers=HEADER, timeout=timeout, trust_env=False)

    async def call(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """One call under `/_control`; query parameters that are None are left out."""
        params = {name: value for name, value in query.items() if value is not None}
        response = await self._client.request(method, f"/_control{path}", json=body, params=params)
        if response.is_success:
            return response.json()
        raise _refusal(response)

    async def ready(self) -> bool:
        """Whether the tenant answers."""
        try:
            return (await self._client.get("/readyz")).is_success
        except httpx2.HTTPError:
            return False

    async def close(self) -> None:
        """Let go of the connection."""
        await self._client.aclose()


def _refusal(response: httpx2.Response) -> TenantRefused:
    try:
        body = response.json()
    except ValueError:
        return TenantRefused(response.status_code, response.text[:500])
    detail = body.get("detail", body) if isinstance(body, dict) else body
    problems = body.get("problems") if isinstance(body, dict) else None
    return TenantRefused(response.status_code, str(detail), problems)
