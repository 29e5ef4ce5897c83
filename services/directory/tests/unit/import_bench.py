"""Importing into a directory that is only in memory."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from haveri_contracts.directory.models import Organization
from haveri_devservers.testing.ids import SequentialIds
from haveri_directory.application.importing.document import read_text
from haveri_directory.application.importing.findings import Findings
from haveri_directory.application.importing.plan import Plan, plan_import
from haveri_directory.demo import DEMO, founding_command, plant_document
from haveri_directory.domain.refusals import ImportInvalid
from haveri_directory.store.snapshot import Snapshot

NOW = datetime(2026, 6, 1, tzinfo=UTC)
ADMINISTRATOR_ID = UUID(int=77)


def empty(organization: str = DEMO) -> Snapshot:
    """An organisation that has just been created."""
    order = founding_command(ADMINISTRATOR_ID, organization)
    facts = Organization(id=organization, name=order.organization_name, locale=order.locale)
    return Snapshot(facts, members={ADMINISTRATOR_ID: order.administrator})


def plan(text: str, before: Snapshot | None = None, format: Any = "yaml", seed: int = 1) -> Plan:
    """What would come of a document; raises ImportInvalid."""
    findings = Findings()
    document = read_text(text, format, findings)
    planned = plan_import(document, before or empty(), SequentialIds(seed), findings)
    findings.raise_if_any()
    return planned


def imported(organization: str = DEMO) -> Snapshot:
    """A demo organisation after its plant was imported."""
    return plan(plant_document(organization), empty(organization)).after


def faults(text: str, before: Snapshot | None = None, format: Any = "yaml") -> list[dict[str, Any]]:
    """What is wrong with a document."""
    try:
        plan(text, before, format)
    except ImportInvalid as refusal:
        return refusal.errors
    return []


def problems(text: str, before: Snapshot | None = None, format: Any = "yaml") -> list[tuple[int, str]]:
    """The line and the words of each fault."""
    return [(fault["line"], fault["problem"]) for fault in faults(text, before, format)]
