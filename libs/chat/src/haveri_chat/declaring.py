"""Reading `/incident <what> [sev1|sev2|sev3] [in <area>] [on <asset>]`."""

from __future__ import annotations

import re

from haveri_chat.requests import Declare, Misunderstood, Place, Reason
from haveri_chat.tidying import one_line, tidy, trimmed
from haveri_chat.vocabulary import severity_of

_SEVERITY = re.compile(r"(?<![\w-])sev(?:erity)?[ -]?([0-9]+)(?!\w)", re.IGNORECASE)
_PLACE = re.compile(r"(?:^|(?<= ))(in|on) (?=\S)", re.IGNORECASE)


def read_declaration(rest: str) -> Declare | Misunderstood:
    """What stands behind `/incident`. The severity may stand anywhere; `in` and `on` are read, not yet believed."""
    headline, _, below = rest.partition("\n")
    headline, details = one_line(headline), tidy(below)
    said = [*_SEVERITY.finditer(headline)]
    told = said or [*_SEVERITY.finditer(details)]
    unknown = [match.group() for match in told if severity_of(match.group(1)) is None]
    if unknown:
        return Misunderstood(Reason.UNKNOWN_SEVERITY, "incident", unknown[-1][:40], _nearest(headline, said))
    severity = severity_of(told[-1].group(1)) if told else None
    if said:
        headline = headline[: said[-1].start()] + " " + headline[said[-1].end() :]
    what, places = _split_places(trimmed(headline))
    return Declare(what, severity, places, details)


def _nearest(headline: str, said: list[re.Match[str]]) -> str:
    for match in reversed(said):
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


def whole_headline(what: str, places: tuple[Place, ...]) -> str:
    """The words as they were typed, places and all."""
    return " ".join([what, *(f"{place.preposition} {place.name}" for place in places)]).strip()
