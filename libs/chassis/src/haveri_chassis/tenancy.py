"""Which organisation a transaction works for: one setting, local to the transaction, read by every row policy."""

from __future__ import annotations

import re

from haveri_contracts.types import ORGANIZATION_PATTERN

SETTING = "haveri.organization"
"""The PostgreSQL setting that row policies compare `organization_id` with."""

EVERY_ORGANIZATION = "*"
"""Admitted only by the policies of infrastructure and look-up tables."""

_ORGANIZATION = re.compile(ORGANIZATION_PATTERN)


class OrganizationRequired(RuntimeError):
    """Database work was asked for without a valid organisation; refused before any SQL is sent."""


def checked_organization(organization_id: str) -> str:
    """Give the organisation back when it is a valid slug; raises OrganizationRequired otherwise.

    What passes holds only lower-case letters, digits and hyphens and may therefore stand inside SQL. (`fullmatch`,
    because the pattern's `$` alone would let a trailing line feed through.)
    """
    if not isinstance(organization_id, str) or _ORGANIZATION.fullmatch(organization_id) is None:
        raise OrganizationRequired(f"{organization_id!r} is not an organisation's slug, so its rows cannot be opened")
    return organization_id
