"""What is said in mails, short messages and by voice: English here, other languages in `locales`."""

from __future__ import annotations

from pathlib import Path

from haveri_texts import Catalogue, Text

_ENGLISH: dict[str, Text] = {
    "opening.take": "Nobody has taken {number} yet.",
    "opening.join": "More people are needed for {number}.",
    "opening.join_somebody": "{name} has {number} and needs more people.",
    "fact.what": "What",
    "fact.severity": "Severity",
    "fact.where": "Where",
    "fact.since": "Since",
    "fact.why_you": "Why you",
    "button.take": "I've got it",
    "button.join": "I'm coming",
    "about_link": "The link opens a page that asks once more. It is for you alone and works for 24 hours.",
    "without_link": "Answer in the incident's channel in chat.",
    "this_is_haveri": "This is Haveri.",
    # Why somebody is called
    "reason.by_name": "by name",
    "reason.administrator": "administrator",
    "reason.in_team": "{team}",
    "reason.in_team_on_shift": "{team}, {shift}",
    "reason.on_shift": "on shift, {shift}",
    "reason.has_role": "{role} of {shift}",
    "reason.has_role.lead": "lead of {shift}",
}

CATALOGUE = Catalogue(_ENGLISH, Path(__file__).parent)

say = CATALOGUE.say
"""The text of a key in a language (English for one that is not spoken here), with its values put in."""
