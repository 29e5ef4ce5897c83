"""`/incident <what> [sev1|sev2|sev3] [in <area>] [on <asset>]`: declare an incident."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from haveri_chat import answers
from haveri_chat.commands.base import INCIDENT_NUMBER, Context, Reading, Request, Typed
from haveri_chat.commands.sev import severity_of
from haveri_chat.commands.timeline import ShowTimeline
from haveri_chat.decisions import Decision, OpenForm, SendCommand
from haveri_chat.forms.sheet import NOBODY, Sheet
from haveri_chat.places import Located, Place, locate
from haveri_chat.plant import Plant
from haveri_chat.requests import Misunderstood, Reason
from haveri_chat.tidying import LONG, SHORT, one_line, shortened, tidy, trimmed
from haveri_contracts.directory.models import Area, Asset
from haveri_contracts.incident.commands import DeclareIncident
from haveri_contracts.plain import Severity

_SEVERITY = re.compile(r"(?<![\w-])sev(?:erity)?[ -]?([0-9]+)(?!\w)", re.IGNORECASE)
_ANYWHERE = Located("", None)
_PLACE = re.compile(r"(?:^|(?<= ))(in|on) (?=\S)", re.IGNORECASE)


@dataclass(frozen=True)
class Declare(Request):
    """Declare an incident. Empty `what` asks for the form.

    `details` are the lines below the first, `at` is what stands in the form.
    """

    word = "incident"
    usage = "/incident <what> [sev1|sev2|sev3] [in <area>] [on <asset>]"

    what: str = ""
    severity: Severity | None = None
    places: tuple[Place, ...] = ()
    details: str = ""
    at: Located = _ANYWHERE

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
            return context.answer("error.too_long", length=len(description), longest=LONG)
        if not title or located.facility_id is None:
            return OpenForm(replace(self, what=title, details=description, at=located).form(context))
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

    def fill(self, sheet: Sheet, context: Context) -> Reading:
        """An asset names its area, an area its facility; all three belong together."""
        plant, at = context.plant, self.at
        only = next(iter(plant.facilities)) if len(plant.facilities) == 1 else None
        what = one_line(sheet.text("what", SHORT, required=True, value=self.what))
        severity = sheet.choice("severity", Severity, required=True, value=self.severity)
        facility = sheet.item("facility", plant.facilities.values(), marked=True, value=at.facility_id or only)
        area = sheet.item("area", plant.areas.values(), value=at.area_id, label=lambda item: _area_label(item, plant))
        asset = sheet.item(
            "asset",
            plant.assets.values(),
            value=next(iter(at.asset_ids), None),
            label=lambda item: _asset_label(item, plant),
        )
        description = sheet.long("description", value=self.details)
        said_area = area
        if asset is not None and area is None:
            area = plant.areas.get(asset.area_id)
        if area is not None and facility is None:
            facility = plant.facilities.get(area.facility_id)
        if facility is None:
            sheet.wrong("facility", "error.required")
        elif area is not None and area.facility_id != facility.id:
            sheet.wrong("area" if said_area else "asset", "error.elsewhere", facility=facility.name)
        elif asset is not None and area is not None and asset.area_id != area.id:
            sheet.wrong("asset", "error.elsewhere", facility=area.name)
        return lambda: SendCommand(
            DeclareIncident(
                incident_id=context.new_id(),
                title=what,
                severity=Severity(severity),
                facility_id=facility.id if facility else NOBODY,
                area_id=area.id if area else None,
                asset_ids=[asset.id] if asset else [],
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


def _area_label(area: Area, plant: Plant) -> str:
    facility = plant.facilities.get(area.facility_id)
    return f"{area.name} · {facility.name}" if facility and len(plant.facilities) > 1 else area.name


def _asset_label(asset: Asset, plant: Plant) -> str:
    area = plant.areas.get(asset.area_id)
    return f"{asset.name} · {area.name}" if area else asset.name
