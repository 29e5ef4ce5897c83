"""The demo organisation: the directory's and escalation's own files, and a hash of them."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass

from haveri_directory.demo import DEMO, TenantSeed, founding_command, plant_document, teams_tenant
from haveri_escalation.demo import policies_document


@dataclass(frozen=True)
class Demo:
    """What `haveri up` needs of the demo organisation. `plant` and `policies` are the documents, YAML."""

    slug: str
    plant: str
    policies: str
    tenant: TenantSeed
    administrator_email: str

    @property
    def tenant_id(self) -> str:
        """The local Microsoft 365 tenant."""
        return self.tenant.tenant_id

    @property
    def fingerprint(self) -> str:
        """Changes when the demo does."""
        return hashlib.sha256(f"{self.plant}{self.policies}{self.tenant}".encode()).hexdigest()


def read_demo() -> Demo:
    """The demo organisation as it comes with this version."""
    command = founding_command(uuid.UUID(int=0), DEMO)
    return Demo(DEMO, plant_document(DEMO), policies_document(), teams_tenant(DEMO), command.administrator.email)
