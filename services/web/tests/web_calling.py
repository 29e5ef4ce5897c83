"""Calls and answer links in memory: what the escalation service would answer, for as long as a test needs it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from web_plant import TenantPlant

from haveri_contracts.directory.contacts import Via
from haveri_contracts.escalation.commands import AnswerCall
from haveri_contracts.escalation.models import (
    AnswerLink,
    Attempt,
    Call,
    CallState,
    EscalationRun,
    Purpose,
    RunningEscalation,
    RunState,
    RunStep,
    StepOutcome,
    Trigger,
)
from haveri_contracts.escalation.queries import ListRunning, ListRuns, ReadAnswerLink, RunList, RunningList
from haveri_contracts.plain import Refusal, Severity
from haveri_contracts.refusals import LinkExpired


class LinkForged(Refusal):
    """The signature is not right."""

    type = "link-not-valid"
    title = "This link is not valid."


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
            raise LinkExpired("It was good for a day.")
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


def run_of(book: CallBook, incident: Any, start: datetime, **changes: Any) -> EscalationRun:
    """A run of two steps: the first has called two people, one of whom was reached; the second comes at minute 15."""
    run_id, sanna, timo, mikko = (
        UUID(int=100 + len(book.runs)),
        *(book.tenant.member(name) for name in ("Sanna Virtanen", "Timo Nieminen", "Mikko Laine")),
    )
    calls = [
        Call(
            id=UUID(int=run_id.int * 10 + number), member_id=member.id, round=1, step=1, purpose=Purpose.TAKE,
            because=because, state=state, called_at=start, held_until=held, attempts=attempts,
        )
        for number, (member, because, state, held, attempts) in enumerate(
            [
                (sanna, "Filling crew", CallState.REACHED, None, [Attempt(via=Via.CHAT, state="delivered", at=start)]),
                (
                    timo, "Filling crew", CallState.CALLING, None,
                    [
                        Attempt(via=Via.CHAT, state="failed", at=start, reason="no answer from <b>Teams</b>"),
                        Attempt(via=Via.SMS, state="sent", at=start + timedelta(seconds=2)),
                    ],
                ),
                (mikko, "lead of the shift", CallState.HELD, start + timedelta(hours=1), []),
            ]
        )
    ]  # fmt: skip
    run = EscalationRun(
        id=run_id,
        incident_id=UUID(incident["id"]),
        trigger=Trigger.DECLARED,
        policy_id=UUID(int=7),
        policy_name="SEV1 anywhere",
        policy_version=3,
        why="It is the only policy for SEV1 at Tampere Works.",
        state=RunState.RUNNING,
        started_at=start,
        steps=[
            RunStep(
                round=1, step=1, due_at=start, fired_at=start, outcome=StepOutcome.FIRED,
                member_ids=[sanna.id, timo.id, mikko.id], note="",
            ),
            RunStep(round=1, step=2, due_at=start + timedelta(minutes=15)),
        ],
        calls=calls,
    ).model_copy(update=changes)  # fmt: skip
    book.runs.append(run)
    return run


def under_way(book: CallBook, incident: Any, run: EscalationRun) -> None:
    """Put a run into the live view."""
    book.running.append(
        RunningEscalation(
            run=run,
            incident_number=incident["number"],
            incident_title=incident["title"],
            severity=Severity(incident["severity"]),
            facility_id=UUID(incident["facility_id"]),
            area_id=UUID(incident["area_id"]) if incident["area_id"] else None,
            next_step=run.steps[-1] if run.state is RunState.RUNNING else None,
        )
    )
