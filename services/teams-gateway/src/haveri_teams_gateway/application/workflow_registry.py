"""One Workflow an organisation: it keeps two passes over one incident from running at once."""

from __future__ import annotations

from collections.abc import Callable

from haveri_chat.workflow.runner import Workflow
from haveri_teams_gateway.domain.tenant import Tenant


class WorkflowRegistry:
    """Makes them, and makes them anew when an organisation's settings changed."""

    def __init__(self, make: Callable[[Tenant], Workflow]) -> None:
        self._make = make
        self._made: dict[str, tuple[Tenant, Workflow]] = {}

    def of(self, tenant: Tenant) -> Workflow:
        """The organisation's workflow as its settings are now."""
        made = self._made.get(tenant.organization)
        if made is None or made[0] != tenant:
            made = (tenant, self._make(tenant))
            self._made[tenant.organization] = made
        return made[1]
