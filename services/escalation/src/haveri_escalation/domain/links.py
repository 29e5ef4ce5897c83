"""The link with which a called member answers from outside of chat."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from haveri_contracts.plain import Refusal


@dataclass(frozen=True, slots=True)
class Link:
    """Which call a link answers, for which incident, as which member."""

    call_id: UUID
    incident_id: UUID
    member_id: UUID


class LinkNotValid(Refusal):
    """The link was not made here, was cut, or belongs to another organisation."""

    type = "link-not-valid"
    title = "This link is not valid."

    def __init__(self) -> None:
        super().__init__("Open it again from the message it came in, or answer in the incident's channel.")
