"""Refusals that several services share; one that a single service makes stands in its own domain.

The standard library only: domain packages import this module.
"""

from __future__ import annotations

from haveri_contracts.plain import Refusal


class RoleNotSufficient(Refusal):
    """The member's role does not allow this."""

    type = "role-not-sufficient"
    title = "Your role does not allow this."


class FacilityUnknown(Refusal):
    """No such facility in this organisation."""

    type = "facility-unknown"
    title = "There is no such facility."


class AreaUnknown(Refusal):
    """No such area in this organisation."""

    type = "area-unknown"
    title = "There is no such area."


class AreaElsewhere(Refusal):
    """The area belongs to another facility."""

    type = "area-elsewhere"
    title = "The area belongs to another facility."


class AssetUnknown(Refusal):
    """No such asset in this organisation."""

    type = "asset-unknown"
    title = "There is no such asset."


class AssetElsewhere(Refusal):
    """The asset stands in another facility or area."""

    type = "asset-elsewhere"
    title = "The asset stands in another facility."


class TeamUnknown(Refusal):
    """No such team in this organisation."""

    type = "team-unknown"
    title = "There is no such team."


class MemberUnknown(Refusal):
    """No such member in this organisation."""

    type = "member-unknown"
    title = "There is no such member."


class EmailTaken(Refusal):
    """Another member has this e-mail address, or signs in with it."""

    type = "email-taken"
    title = "Another member has this e-mail address."


class IncidentUnknown(Refusal):
    """No such incident in this organisation."""

    type = "incident-unknown"
    title = "There is no such incident."


class PolicyUnknown(Refusal):
    """No such escalation policy in this organisation."""

    type = "policy-unknown"
    title = "There is no such escalation policy."


class WindowUnknown(Refusal):
    """No such maintenance window in this organisation."""

    type = "window-unknown"
    title = "There is no such maintenance window."


class RotationUnknown(Refusal):
    """No such rotation in this organisation."""

    type = "rotation-unknown"
    title = "There is no such rotation."


class ShiftChangeUnknown(Refusal):
    """No such change of shifts in this organisation."""

    type = "shift-change-unknown"
    title = "There is no such change of shifts."


class LinkExpired(Refusal):
    """The link with which a called member answers is older than it may be."""

    type = "link-expired"
    title = "This link is too old."
