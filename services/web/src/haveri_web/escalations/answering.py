"""Answers by the link in an e-mail or SMS: the link alone is the key, and reading it changes nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from haveri_chassis.bus import OwnerUnavailable, QueryRefused
from haveri_contracts.directory.models import Member
from haveri_contracts.escalation.commands import AnswerCall
from haveri_contracts.escalation.models import AnswerLink, CallState, Purpose
from haveri_contracts.escalation.queries import ReadAnswerLink
from haveri_contracts.incident.commands import Acknowledge
from haveri_contracts.incident.models import Incident
from haveri_contracts.incident.queries import GetIncident
from haveri_contracts.message import Command
from haveri_contracts.plain import Refusal
from haveri_contracts.refusals import LinkExpired
from haveri_contracts.types import ORGANIZATION_PATTERN
from haveri_directory_copy.directory import Directory
from haveri_web.bus.callers import Caller
from haveri_web.bus.commands import CommandRefused
from haveri_web.bus.queries import ACTOR
from haveri_web.domain.access import EVERY_SCOPE, TO_RESPOND
from haveri_web.domain.refusals import TooManyAttempts
from haveri_web.http.context import Web

_LONGEST = 2000
_ORGANIZATION = re.compile(ORGANIZATION_PATTERN)


class LinkUnknown(Refusal):
    """The link was never one of ours, or only a part of it arrived."""

    type = "link-unknown"
    title = "This link is not one of ours."


class Standing(StrEnum):
    """How things are when a link is opened: only `open` and `noted` lead on."""

    OPEN = "open"
    YOURS = "yours"
    COMING = "coming"
    TAKEN = "taken"
    RESOLVED = "resolved"
    FORBIDDEN = "forbidden"
    NOTED = "noted"


@dataclass(frozen=True, slots=True)
class Call:
    """A call behind a link, with what is known of its incident now."""

    organization: str
    link: AnswerLink
    member: Member
    directory: Directory
    incident: Incident | None
    standing: Standing

    @property
    def taken_by(self) -> UUID | None:
        """Who has the incident. Its owner knows; while that one is away, the link says what was known last."""
        return self.incident.acknowledged_by if self.incident else self.link.taken_by

    @property
    def taken_at(self) -> datetime | None:
        """Since when somebody has it."""
        return self.incident.acknowledged_at if self.incident else self.link.taken_at


class Answering:
    """Reads answer links and sends answers."""

    def __init__(self, web: Web) -> None:
        self._web = web

    async def read(self, token: str, address: str) -> Call:
        """What a link leads to; `address` is where the caller sits.

        Raises LinkUnknown, LinkExpired, TooManyAttempts, or OwnerUnavailable.
        """
        wait = self._web.forged_links.admit(address, self._web.clock.now())
        if wait:
            raise TooManyAttempts("Too many links that are not ours were opened from here.", wait)
        organization, _, signed = token.partition(".")
        if not signed or len(token) > _LONGEST or not _ORGANIZATION.fullmatch(organization):
            raise LinkUnknown("Copy the whole link from the message, or answer in chat.")
        link = await self._link(organization, token)
        self._web.forged_links.forgive(address)
        directory = await self._web.directories.get(organization)
        member = directory.members.get(link.member_id)
        if member is None:
            raise LinkExpired("You are no longer a member of this organisation.")
        incident = await self._incident(organization, link)
        return Call(organization, link, member, directory, incident, _standing(link, member, incident))

    async def answer(self, token: str, address: str) -> Call:
        """Say "I've got it" or "I'm coming", once; who is second learns who was first.

        Raises what `read` does, or CommandRefused with the owner's own reason.
        """
        call = await self.read(token, address)
        if call.standing is not Standing.OPEN:
            return call
        caller = Caller(call.organization, call.member, EVERY_SCOPE, call.member.id)
        try:
            # A new id each time: what an earlier press was answered need not be true any more.
            outcome = await self._web.sender.send(caller, _command(call.link), self._web.ids.new())
        except CommandRefused as refusal:
            again = await self.read(token, address)
            if again.standing is Standing.OPEN:
                raise refusal from None
            return again
        if outcome is None:
            return self._as(call, Standing.NOTED)
        return await self._after(call, token, address)

    async def _after(self, call: Call, token: str, address: str) -> Call:
        if call.link.purpose is Purpose.JOIN:
            return self._as(call, Standing.COMING)
        again = await self.read(token, address)
        return again if again.standing is not Standing.OPEN else self._as(call, Standing.YOURS)

    def _as(self, call: Call, standing: Standing) -> Call:
        return Call(call.organization, call.link, call.member, call.directory, call.incident, standing)

    async def _link(self, organization: str, token: str) -> AnswerLink:
        try:
            link: AnswerLink = await self._web.queries.ask(
                ReadAnswerLink(token=token), organization=organization, actor=ACTOR
            )
        except QueryRefused as refusal:
            if refusal.type == LinkExpired.type:
                raise LinkExpired("Links are good for a day. Answer in chat, or sign in.") from None
            raise LinkUnknown("Copy the whole link from the message, or answer in chat.") from None
        return link

    async def _incident(self, organization: str, link: AnswerLink) -> Incident | None:
        try:
            found: Incident = await self._web.queries.ask(
                GetIncident(incident=str(link.incident_id)), organization=organization, actor=ACTOR
            )
        except (OwnerUnavailable, QueryRefused):
            return None
        return found


def _command(link: AnswerLink) -> Command:
    if link.purpose is Purpose.JOIN:
        return AnswerCall(incident_id=link.incident_id, call_id=link.call_id)
    return Acknowledge(incident_id=link.incident_id)


def _standing(link: AnswerLink, member: Member, incident: Incident | None) -> Standing:
    if incident is not None and not incident.status.is_open:
        return Standing.RESOLVED
    if link.purpose is Purpose.JOIN:
        if link.state is CallState.ANSWERED:
            return Standing.COMING
    else:
        taken_by = incident.acknowledged_by if incident else link.taken_by
        if taken_by is not None:
            return Standing.YOURS if taken_by == member.id else Standing.TAKEN
    return Standing.OPEN if member.role.covers(TO_RESPOND.role) else Standing.FORBIDDEN
