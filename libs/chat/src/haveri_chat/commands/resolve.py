"""`/resolve`: it is over; asks for a summary."""

from __future__ import annotations

from collections.abc import Callable

from haveri_chat.cards import Button, Style
from haveri_chat.commands.base import Context, Reading, WordsRequest
from haveri_chat.decisions import Decision, OpenForm, SendCommand
from haveri_chat.forms.sheet import Sheet
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

    def decide(self, context: Context) -> Decision:
        if context.incident.status.is_open:
            return OpenForm(self.form(context))
        closed = context.incident.status is Status.CLOSED
        return context.answer("refusal.incident-already-closed" if closed else "refusal.incident-already-resolved")

    def fill(self, sheet: Sheet, context: Context) -> Reading:
        """How long it lasted stands there."""
        incident, now = context.incident, context.now
        minutes = max(0, int((now - incident.declared_at).total_seconds() // 60)) if now is not None else None
        summary = fill_summary(sheet, incident.summary, self.text, minutes)
        return lambda: SendCommand(ResolveIncident(incident_id=incident.id, summary=summary()))

    @classmethod
    def buttons(cls, incident: Incident, locale: str) -> tuple[Button, ...]:
        style = Style.PRIMARY if incident.status is Status.MITIGATED else Style.PLAIN
        return (cls.form_button(incident, locale, style),) if incident.status.is_open else ()


def fill_summary(
    sheet: Sheet, there: Summary | None, text: str = "", minutes: int | None = None
) -> Callable[[], Summary]:
    """The fields of a summary; one that is there stands in them, else `text` and `minutes`."""
    known = there or Summary(what_happened=text or "?", impact=Impact(duration_minutes=minutes))
    impact = known.impact
    what = sheet.long("what_happened", required=True, value=text or (there.what_happened if there else ""))
    cause = sheet.long("root_cause", value=known.root_cause)
    category = sheet.choice("root_cause_category", ROOT_CAUSES, value=known.root_cause_category)
    resolution = sheet.long("resolution", value=known.resolution)
    how = sheet.choice("resolution_type", RESOLUTIONS, value=known.resolution_type)
    duration = sheet.whole("duration_minutes", 10_000_000, value=impact.duration_minutes)
    lines = sheet.whole("lines_affected", 10_000, value=impact.lines_affected)
    units = sheet.whole("units_lost", 10_000_000_000, value=impact.units_lost)
    cost = sheet.money("cost", value=impact.cost)
    return lambda: Summary(
        what_happened=what,
        root_cause=cause,
        root_cause_category=category or None,
        resolution=resolution,
        resolution_type=how or None,
        impact=Impact(duration_minutes=duration, lines_affected=lines, units_lost=units, cost=cost),
    )
