"""`/close`: close it, naming what is left to do: what, by whom, until when."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from haveri_chat.cards import Style
from haveri_chat.commands.base import Context, IncidentRequest, Reading
from haveri_chat.decisions import Decision, OpenForm, SendCommand
from haveri_chat.forms import Field, FieldKind, Form
from haveri_chat.forms.filled import Filled
from haveri_contracts.incident.commands import CloseIncident
from haveri_contracts.incident.models import FollowUpDraft
from haveri_contracts.plain import Status

_ROWS = range(1, 6)
_LENGTH = 500


class Close(IncidentRequest):
    """Ask for the close form."""

    word = "close"
    usage = "/close"
    other_words = "sulje schließen"
    offered = (Status.RESOLVED,)
    style = Style.PRIMARY

    def decide(self, context: Context) -> Decision:
        if context.incident.status is Status.RESOLVED:
            return OpenForm(self.form(context))
        open_still = context.incident.status.is_open
        return context.answer("refusal.incident-not-resolved" if open_still else "refusal.incident-already-closed")

    @classmethod
    def form(cls, context: Context, what: str = "", who: UUID | None = None, due: date | None = None) -> Form:
        """Five rows; `what`, `who` and `due` stand in the first."""
        first, *others = _ROWS
        fields = _row(context, first, what, who, due)
        for row in others:
            fields += _row(context, row)
        return context.forms.form(cls.word, context.incident, *fields)

    @classmethod
    def submitted(cls, filled: Filled, context: Context) -> Reading:
        drafts: list[FollowUpDraft] = []
        for row in _ROWS:
            prefix = f"follow_up_{row}"
            who, due = filled.member(f"{prefix}_who"), filled.date(f"{prefix}_by")
            what = filled.text(f"{prefix}_what", _LENGTH)
            if what:
                drafts.append(FollowUpDraft(id=context.new_id(), description=what, assigned_to=who, due_date=due))
            elif who or due:
                filled.wrong(f"{prefix}_what", "error.follow_up_what")
        return lambda: SendCommand(CloseIncident(incident_id=context.incident.id, follow_ups=drafts))


def _row(context: Context, row: int, what: str = "", who: UUID | None = None, due: date | None = None) -> list[Field]:
    forms, prefix = context.forms, f"follow_up_{row}"
    whats, whos, bys = (context.say(f"form.follow_up_{part}", row=row) for part in ("what", "who", "by"))
    return [
        forms.field(f"{prefix}_what", FieldKind.TEXT, label=whats, value=what[:_LENGTH], max_length=_LENGTH),
        forms.member(f"{prefix}_who", who, label=whos),
        forms.field(f"{prefix}_by", FieldKind.DATE, label=bys, value=due),
    ]
