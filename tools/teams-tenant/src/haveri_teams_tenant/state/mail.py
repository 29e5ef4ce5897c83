"""Mail as the tenant keeps it."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from haveri_teams_tenant.state.records import Record

MAIL = "mail"
"""Where a person's mails are, among the places that have a reading mark."""


class Mail(Record):
    """A mail in one person's mailbox: `sender` as its From line says, `text` plain."""

    kind: ClassVar[str] = "mail"
    tenant_id: str
    user_id: str
    id: str
    sender: str
    address: str
    subject: str
    text: str
    received_at: datetime

    @property
    def key(self) -> str:
        """Tenant and mail."""
        return f"{self.tenant_id}/{self.id}"
