"""`/resolve`: it is over; asks for a summary."""

from __future__ import annotations

from collections.abc import Callable

from haveri_chat.cards import Button, Style
from haveri_chat.commands.base import Context, Reading, WordsRequest
from haveri_chat.decisions import Decision, OpenForm, SendCommand
from haveri_chat.forms import Field, FieldKind, Form
from haveri_chat.forms.filled import Filled
from haveri_chat.tidying import LONG
from haveri_contracts.incident.commands import ResolveIncident
from haveri_contracts.incident.models import Impact, Incident, Summary
from haveri_contracts.plain import Status

ROOT_CAUSES = (
    "mechanical", "electrical", "automation", "utilities", "material", "process", "human", "maintenance", "unknown",
)  # fmt: skip
"""What the root cause is sorted under."""

RESOLUTIONS = ("repaired", "replaced", "adjusted", "cleaned", "restarted", "workaround", "none")
"""What the resolution is sorted under."""


class Resolve(WordsRequest):
    """Ask for the resolve form; `text` is a first answer to "what happened"."""

    word = "resolve"
    usage = "/resolve"
    other_words = "resolved ratkaise ratkaistu lösen gelöst"

    def decide(self, context: Context) -> Decision:
        if context.incident.status.is_open:
            return OpenForm(self.form(context, self.text))
        closed = context.incident.status is Status.CLOSED
        return context.answer("refusal.incident-already-closed" if closed else "refusal.incident-already-resolved")

    @classmethod
    def form(cls, context: Context, text: str = "") -> Form:
        """How long it lasted stands there."""
        incident, now = context.incident, context.now
        minutes = None
        if now is not None and incident.summary is None:
            minutes = max(0, int((now - incident.declared_at).total_seconds() // 60))
        return context.forms.form(cls.word, incident, *summary_fields(context, text, minutes))

    @classmethod
    def submitted(cls, filled: Filled, context: Context) -> Reading:
        summary = filled_summary(filled)
        return lambda: SendCommand(ResolveIncident(incident_id=context.incident.id, summary=summary()))

    @classmethod
    def buttons(cls, incident: Incident, locale: str) -> tuple[Button, ...]:
        style = Style.PRIMARY if incident.status is Status.MITIGATED else Style.PLAIN
        return (cls.form_button(incident, locale, style),) if incident.status.is_open else ()


def summary_fields(context: Context, text: str = "", minutes: int | None = None) -> list[Field]:
    """The fields of a summary; one that is there already stands in them."""
    forms, summary = context.forms, context.incident.summary
    known = summary or Summary(what_happened=text or "?")
    impact = known.impact
    what = text or (summary.what_happened if summary else "")
    causes, hows = forms.said("root_cause_category", ROOT_CAUSES), forms.said("resolution_type", RESOLUTIONS)
    if impact.duration_minutes is not None:
        minutes = impact.duration_minutes
    return [
        forms.long("what_happened", what, required=True),
        forms.long("root_cause", known.root_cause),
        forms.field("root_cause_category", FieldKind.CHOICE, value=known.root_cause_category, choices=causes),
        forms.long("resolution", known.resolution),
        forms.field("resolution_type", FieldKind.CHOICE, value=known.resolution_type, choices=hows),
        forms.field("duration_minutes", FieldKind.NUMBER, value=minutes),
        forms.field("lines_affected", FieldKind.NUMBER, value=impact.lines_affected),
        forms.field("units_lost", FieldKind.NUMBER, value=impact.units_lost),
        forms.field("cost", FieldKind.NUMBER, value=impact.cost),
    ]


def filled_summary(filled: Filled) -> Callable[[], Summary]:
    """Reads every field now, so that all errors are known; builds the summary only when there are none."""
    what = filled.text("what_happened", LONG, required=True)
    cause, category = filled.text("root_cause", LONG), filled.text("root_cause_category", 100)
    resolution, how = filled.text("resolution", LONG), filled.text("resolution_type", 100)
    duration, lines = filled.whole("duration_minutes", 10_000_000), filled.whole("lines_affected", 10_000)
    units, cost = filled.whole("units_lost", 10_000_000_000), filled.money("cost")
    return lambda: Summary(
        what_happened=what,
        root_cause=cause,
        root_cause_category=category or None,
        resolution=resolution,
        resolution_type=how or None,
        impact=Impact(duration_minutes=duration, lines_affected=lines, units_lost=units, cost=cost),
    )
