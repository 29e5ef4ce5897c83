"""`/incident <what> [sev1|sev2|sev3] [in <area>] [on <asset>]`: declare an incident."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from haveri_chat import answers
from haveri_chat.commands.base import INCIDENT_NUMBER, Context, Reading, Request, Typed
from haveri_chat.commands.sev import severity_of
from haveri_chat.commands.timeline import ShowTimeline
from haveri_chat.decisions import AnswerPrivately, Decision, OpenForm, SendCommand
from haveri_chat.forms import Choice, FieldKind, Form
from haveri_chat.forms.filled import Filled
from haveri_chat.forms.maker import named
from haveri_chat.places import Place, locate
from haveri_chat.plant import Plant
from haveri_chat.requests import Misunderstood, Reason
from haveri_chat.tidying import LONG, SHORT, one_line, shortened, tidy, trimmed
from haveri_contracts.incident.commands import DeclareIncident
from haveri_contracts.plain import Severity

_SEVERITY = re.compile(r"(?<![\w-])sev(?:erity)?[ -]?([0-9]+)(?!\w)", re.IGNORECASE)
_PLACE = re.compile(r"(?:^|(?<= ))(in|on) (?=\S)", re.IGNORECASE)


@dataclass(frozen=True)
class Declare(Request):
    """Declare an incident. Empty `what` asks for the form; `details` are the lines below the first."""

    word = "incident"
    usage = "/incident <what> [sev1|sev2|sev3] [in <area>] [on <asset>]"
    other_words = "declare häiriö vika störung"

    what: str = ""
    severity: Severity | None = None
    places: tuple[Place, ...] = ()
    details: str = ""

    @classmethod
    def read(cls, typed: Typed) -> Request | Misunderstood:
        """The severity may stand anywhere; `in` and `on` are read, not yet believed. A number alone: show that one."""
        alone = INCIDENT_NUMBER.fullmatch(typed.text)
        if alone is not None:
            return ShowTimeline(incident=f"INC-{alone.group(1)}")
        headline, _, below = typed.text.partition("\n")
        headline, details = one_line(headline), tidy(below)
        written = [*_SEVERITY.finditer(headline)]
        found = written or [*_SEVERITY.finditer(details)]
        unknown = [match.group() for match in found if severity_of(match.group(1)) is None]
        if unknown:
            return Misunderstood(Reason.UNKNOWN_SEVERITY, cls.word, unknown[-1][:40], _nearest(headline, written))
        severity = severity_of(found[-1].group(1)) if found else None
        if written:
            headline = headline[: written[-1].start()] + " " + headline[written[-1].end() :]
        what, places = _split_places(trimmed(headline))
        return cls(what, severity, places, details)

    @classmethod
    def pressed(cls, data: Mapping[str, str]) -> Request:
        return cls()

    def decide(self, context: Context) -> Decision:
        """Declared where the words say it is; where they do not say it, the form asks."""
        located = locate(self.what, self.places, context.who, context.plant)
        # A title of at most 200 characters; when it had to be cut, the description begins with all of it.
        title = shortened(located.title, SHORT)
        whole = ("" if title == located.title else located.title, self.details)
        description = "\n".join(part for part in whole if part)
        if len(description) > LONG:
            return AnswerPrivately(answers.too_long(context.who.locale, len(description), LONG))
        if not title or located.facility_id is None:
            asset_id = located.asset_ids[0] if located.asset_ids else None
            places = (located.facility_id, located.area_id, asset_id)
            return OpenForm(self.form(context, title, description, self.severity, places))
        command = DeclareIncident(
            incident_id=context.new_id(),
            title=title,
            severity=self.severity or Severity.SEV2,
            facility_id=located.facility_id,
            area_id=located.area_id,
            asset_ids=list(located.asset_ids),
            description=description,
        )
        return SendCommand(command, answers.unknown_places(context.who.locale, located.unknown))

    @classmethod
    def form(
        cls,
        context: Context,
        what: str = "",
        description: str = "",
        severity: Severity | None = None,
        places: tuple[UUID | None, UUID | None, UUID | None] = (None, None, None),
    ) -> Form:
        """What is known already stands there; `places` are facility, area and asset."""
        forms, plant = context.forms, context.plant
        facility, area, asset = places
        if facility is None and len(plant.facilities) == 1:
            facility = plant.facilities[0].id
        severities = forms.said("severity", Severity)
        return forms.form(
            cls.word,
            None,
            forms.field("what", FieldKind.TEXT, True, max_length=SHORT, value=what),
            forms.field("severity", FieldKind.CHOICE, True, value=severity, choices=severities),
            forms.field("facility", FieldKind.CHOICE, True, value=facility, choices=named(plant.facilities)),
            forms.field("area", FieldKind.CHOICE, value=area, choices=_areas(plant)),
            forms.field("asset", FieldKind.CHOICE, value=asset, choices=_assets(plant)),
            forms.long("description", description),
        )

    @classmethod
    def submitted(cls, filled: Filled, context: Context) -> Reading:
        what = one_line(filled.text("what", SHORT, required=True))
        severity = filled.choice("severity", [item.value for item in Severity], required=True)
        place = filled.place("facility", "area", "asset")
        description = filled.text("description", LONG)
        return lambda: SendCommand(
            DeclareIncident(
                incident_id=context.new_id(),
                title=what,
                severity=Severity(severity),
                facility_id=place.facility_id,
                area_id=place.area_id,
                asset_ids=place.asset_ids,
                description=description,
            )
        )


def _nearest(headline: str, written: list[re.Match[str]]) -> str:
    for match in reversed(written):
        headline = headline[: match.start()] + " " + headline[match.end() :]
    return f"/incident {trimmed(headline)[:100] or '<what>'} sev1"


def _split_places(headline: str) -> tuple[str, tuple[Place, ...]]:
    """The words before the first `in` or `on`, and each such phrase in order."""
    starts = [*_PLACE.finditer(headline)]
    if not starts:
        return headline, ()
    ends = [*(match.start() for match in starts[1:]), len(headline)]
    places = tuple(
        Place("in" if match.group(1).lower() == "in" else "on", headline[match.end() : end].strip())
        for match, end in zip(starts, ends, strict=True)
    )
    return headline[: starts[0].start()].strip(), places


def _areas(plant: Plant) -> list[Choice]:
    several = len(plant.facilities) > 1
    choices = []
    for area in plant.areas:
        facility = plant.facility.get(area.facility_id)
        label = f"{area.name} · {facility.name}" if several and facility else area.name
        choices.append(Choice(str(area.id), label))
    return choices


def _assets(plant: Plant) -> list[Choice]:
    choices = []
    for asset in plant.assets:
        area = plant.area.get(asset.area_id)
        choices.append(Choice(str(asset.id), f"{asset.name} · {area.name}" if area else asset.name))
    return choices
