"""The forms of an incident, in the language of the person who fills them in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from haveri_chat.forms import Choice, Field, FieldKind, Form
from haveri_chat.plant import Plant
from haveri_chat.requests import FollowUp
from haveri_chat.texts import say
from haveri_contracts.directory.models import Locale
from haveri_contracts.incident.models import Incident, Summary
from haveri_contracts.plain import Severity

LONG = 8000
SHORT = 200
FOLLOW_UP_ROWS = 5
FOLLOW_UP_LENGTH = 500

ROOT_CAUSES = (
    "mechanical", "electrical", "automation", "utilities", "material", "process", "human", "maintenance", "unknown",
)  # fmt: skip
"""What the root cause is sorted under."""

RESOLUTIONS = ("repaired", "replaced", "adjusted", "cleaned", "restarted", "workaround", "none")
"""What the resolution is sorted under."""


@dataclass(frozen=True)
class FormMaker:
    """Makes forms for one person; `new_id` makes the nonce that recognises a second submission."""

    locale: Locale
    plant: Plant
    new_id: Callable[[], UUID]

    def declare(
        self,
        *,
        what: str = "",
        severity: Severity | None = None,
        facility_id: UUID | None = None,
        area_id: UUID | None = None,
        asset_id: UUID | None = None,
        description: str = "",
    ) -> Form:
        """Declare an incident; what is known already stands there."""
        facilities = tuple(Choice(str(item.id), item.name) for item in self.plant.facilities)
        facility = str(facility_id) if facility_id else facilities[0].value if len(facilities) == 1 else ""
        fields = (
            self._field("what", FieldKind.TEXT, required=True, max_length=SHORT, value=what),
            self._field("severity", FieldKind.CHOICE, True, value=severity or "", choices=self._severities()),
            self._field("facility", FieldKind.CHOICE, True, value=facility, choices=facilities),
            self._field("area", FieldKind.CHOICE, value=str(area_id or ""), choices=self._areas()),
            self._field("asset", FieldKind.CHOICE, value=str(asset_id or ""), choices=self._assets()),
            self._field("description", FieldKind.MULTILINE, max_length=LONG, value=description),
        )
        return self._form("incident", None, fields)

    def person(self, verb: str, incident: Incident) -> Form:
        """Name the lead (`lead`) or the communications lead (`comms`)."""
        now = incident.assigned_to if verb == "lead" else incident.comms_lead
        member = self._field("member", FieldKind.MEMBER, True, value=str(now or ""), choices=self._members())
        return self._form(verb, incident, (member,))

    def text(self, verb: str, incident: Incident) -> Form:
        """Log an action (`did`), add a note (`note`) or say why it is reopened (`reopen`)."""
        return self._form(verb, incident, (self._field(f"{verb}_text", FieldKind.MULTILINE, True, max_length=LONG),))

    def escalate(self, incident: Incident) -> Form:
        """Ask for more people: by a policy, one by name, a team, or whoever is due."""
        policies = [item for item in self.plant.policies if item.facility_id == incident.facility_id]
        choices = tuple(Choice(str(item.id), item.name) for item in policies)
        fields = (
            *((self._field("policy_to_call", FieldKind.CHOICE, choices=choices),) if choices else ()),
            self._field("member_to_call", FieldKind.MEMBER, choices=self._members()),
            self._field("team_to_call", FieldKind.CHOICE, choices=self._teams()),
            self._field("escalate_reason", FieldKind.MULTILINE, max_length=LONG),
        )
        return self._form("escalate", incident, fields)

    def summary(self, verb: str, incident: Incident, *, text: str = "", now: datetime | None = None) -> Form:
        """Resolve (`resolve`) or correct the summary (`amend`); a summary that is there stands in the fields."""
        known = incident.summary or Summary(what_happened=text or "?")
        impact = known.impact
        minutes = impact.duration_minutes
        if minutes is None and now is not None and incident.summary is None:
            minutes = max(0, int((now - incident.declared_at).total_seconds() // 60))
        category, how = known.root_cause_category or "", known.resolution_type or ""
        what = text or (incident.summary.what_happened if incident.summary else "")
        fields = (
            self._field("what_happened", FieldKind.MULTILINE, True, max_length=LONG, value=what),
            self._field("root_cause", FieldKind.MULTILINE, max_length=LONG, value=known.root_cause),
            self._kinds("root_cause_category", ROOT_CAUSES, category),
            self._field("resolution", FieldKind.MULTILINE, max_length=LONG, value=known.resolution),
            self._kinds("resolution_type", RESOLUTIONS, how),
            self._number("duration_minutes", minutes),
            self._number("lines_affected", impact.lines_affected),
            self._number("units_lost", impact.units_lost),
            self._number("cost", impact.cost),
        )
        return self._form(verb, incident, fields)

    def close(self, incident: Incident, first: FollowUp | None = None, first_member: UUID | None = None) -> Form:
        """Close, naming what is left to do: what, by whom, until when. `first` stands in the first row."""
        due = first.due.isoformat() if first and first.due else ""
        values = {"what": first.what[:FOLLOW_UP_LENGTH] if first else "", "who": str(first_member or ""), "by": due}
        fields: list[Field] = []
        for row in range(1, FOLLOW_UP_ROWS + 1):
            fields.extend(self._follow_up(row, values if row == 1 else {}))
        return self._form("close", incident, tuple(fields))

    def _follow_up(self, row: int, values: dict[str, str]) -> tuple[Field, ...]:
        def label(part: str) -> str:
            return say(self.locale, f"form.follow_up_{part}", row=row)

        prefix = f"follow_up_{row}"
        return (
            Field(
                f"{prefix}_what",
                label("what"),
                FieldKind.TEXT,
                max_length=FOLLOW_UP_LENGTH,
                value=values.get("what", ""),
            ),
            Field(
                f"{prefix}_who",
                label("who"),
                FieldKind.MEMBER,
                value=values.get("who", ""),
                choices=self._members(),
            ),
            Field(f"{prefix}_by", label("by"), FieldKind.DATE, value=values.get("by", "")),
        )

    def _form(self, verb: str, incident: Incident | None, fields: tuple[Field, ...]) -> Form:
        data = {"verb": verb, "nonce": str(self.new_id())}
        if incident is not None:
            data["incident"] = str(incident.id)
        number = incident.number if incident is not None else ""
        title = say(self.locale, f"form.{verb}.title", number=number)
        submit = say(self.locale, f"form.{verb}.submit")
        return Form(verb, title, fields, submit, data, say(self.locale, f"form.{verb}.intro"))

    def _field(
        self,
        id: str,
        kind: FieldKind,
        required: bool = False,
        *,
        max_length: int | None = None,
        value: str = "",
        choices: tuple[Choice, ...] = (),
    ) -> Field:
        return Field(id, say(self.locale, f"form.{id}"), kind, required, max_length, value, choices)

    def _kinds(self, id: str, kinds: tuple[str, ...], value: str) -> Field:
        choices = tuple(Choice(kind, say(self.locale, f"{id}.{kind}")) for kind in kinds)
        return self._field(id, FieldKind.CHOICE, value=value, choices=choices)

    def _number(self, id: str, value: object) -> Field:
        return self._field(id, FieldKind.NUMBER, value="" if value is None else str(value))

    def _severities(self) -> tuple[Choice, ...]:
        return tuple(Choice(item.value, say(self.locale, f"severity.{item}")) for item in Severity)

    def _members(self) -> tuple[Choice, ...]:
        people = sorted(self.plant.members, key=lambda item: item.name.casefold())
        return tuple(Choice(str(item.id), item.name) for item in people)

    def _teams(self) -> tuple[Choice, ...]:
        return tuple(Choice(str(item.id), item.name) for item in self.plant.teams)

    def _areas(self) -> tuple[Choice, ...]:
        several = len(self.plant.facilities) > 1
        choices = []
        for area in self.plant.areas:
            facility = self.plant.facility.get(area.facility_id)
            label = f"{area.name} · {facility.name}" if several and facility else area.name
            choices.append(Choice(str(area.id), label))
        return tuple(choices)

    def _assets(self) -> tuple[Choice, ...]:
        choices = []
        for asset in self.plant.assets:
            area = self.plant.area.get(asset.area_id)
            choices.append(Choice(str(asset.id), f"{asset.name} · {area.name}" if area else asset.name))
        return tuple(choices)
