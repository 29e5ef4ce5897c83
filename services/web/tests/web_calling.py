"""Calls and answer links in memory: what the escalation service would answer, for as long as a test needs it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from web_plant import TenantPlant

from haveri_contracts.escalation.commands import AnswerCall
from haveri_contracts.escalation.models import AnswerLink, CallState, EscalationRun, Purpose, RunningEscalation
from haveri_contracts.escalation.queries import ListRunning, ListRuns, ReadAnswerLink, RunList, RunningList
from haveri_contracts.plain import Refusal


class LinkForged(Refusal):
    """The signature is not right."""

    type = "link-unknown"
    title = "There is no such link."


class LinkTooOld(Refusal):
    """It was made more than a day ago."""

    type = "link-expired"
    title = "The link has expired."


class CallBook:
    """The runs, calls and links of one organisation."""

    def __init__(self, tenant: TenantPlant) -> None:
        self.tenant = tenant
        self.links: dict[str, AnswerLink] = {}
        self.expired: set[str] = set()
        self.runs: list[EscalationRun] = []
        self.running: list[RunningEscalation] = []
        tenant.answers[ReadAnswerLink] = self._read
        tenant.answers[ListRuns] = self._runs
        tenant.answers[ListRunning] = lambda query: RunningList(
            items=[it for it in self.running if query.facility_id in (None, it.facility_id)]
        )
        tenant.obeys[AnswerCall] = self._answered

    def link(self, slug: str, incident: Any, name: str, purpose: Purpose = Purpose.TAKE, key: str = "a.b.c") -> str:
        """A link for the member of that name; gives the token."""
        token = f"{slug}.{key}"
        self.links[token] = AnswerLink(
            call_id=UUID(int=len(self.links) + 1),
            incident_id=UUID(incident["id"]),
            member_id=self.tenant.member(name).id,
            purpose=purpose,
            state=CallState.CALLING,
            incident_number=incident["number"],
            incident_title=incident["title"],
        )
        return token

    def _read(self, query: ReadAnswerLink) -> AnswerLink:
        if query.token in self.expired:
            raise LinkTooOld("It was good for a day.")
        if query.token not in self.links:
            raise LinkForged("It was not made here.")
        return self.links[query.token]

    def _runs(self, query: ListRuns) -> RunList:
        return RunList(items=[run for run in self.runs if run.incident_id == query.incident_id])

    def _answered(self, command: AnswerCall, actor: str) -> dict[str, Any]:
        for token, link in self.links.items():
            if link.call_id == command.call_id:
                assert actor == f"member:{link.member_id}"
                self.links[token] = link.model_copy(update={"state": CallState.ANSWERED})
        return {}
