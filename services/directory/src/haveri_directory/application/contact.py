"""How a member wants to be reached: only what can be used is kept, written in one way."""

from __future__ import annotations

from typing import Any

import phonenumbers
from pydantic import ValidationError

from haveri_contracts.directory.contacts import ContactPreferences, ContactWay, Via
from haveri_directory.domain.refusals import ContactUnusable, PhoneUnusable

_WAYS = ", ".join(way.value for way in Via)
_EXAMPLE = "+358 40 555 0111"


def usable_contact(prefs: dict[str, Any]) -> dict[str, Any]:
    """Contact preferences with the phone number in E.164 and every way as an object; other notes stay as they are.

    A way may be given as a word (`sms`) or as `{via: sms, after_minutes: 5}`. Raises PhoneUnusable or ContactUnusable.
    """
    usable = dict(prefs)
    if prefs.get("phone") is not None:
        usable["phone"] = _phone(prefs["phone"])
    if prefs.get("push") is not None:
        usable["push"] = _push(prefs["push"])
    if prefs.get("ways") is not None:
        usable["ways"] = _ways(prefs["ways"])
    elif "ways" in prefs:
        del usable["ways"]
    return usable


def _phone(said: Any) -> str:
    if not isinstance(said, str):
        raise _unusable("is not a text")
    try:
        number = phonenumbers.parse(said, None)
    except phonenumbers.NumberParseException as error:
        if error.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE:
            problem = "does not begin with '+' and the code of a country"
        else:
            problem = "is none that can be dialled"
        raise _unusable(problem) from None
    if not phonenumbers.is_valid_number(number):
        raise _unusable("does not exist in its country")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _unusable(problem: str) -> PhoneUnusable:
    # The number itself is not repeated: refusals may be logged, and contact details never are.
    return PhoneUnusable(f"The phone number {problem}; write it like {_EXAMPLE!r}.").at("contact_prefs.phone")


def _push(said: Any) -> str:
    try:
        push = ContactPreferences(push=said).push
    except ValidationError:
        push = None
    if not push:
        raise ContactUnusable("'push' is the token or user key of the push service, of 1 to 200 characters.").at(
            "contact_prefs.push"
        )
    return push


def _ways(said: Any) -> list[dict[str, Any]]:
    if not isinstance(said, list):
        raise ContactUnusable(f"'ways' is a list of {_WAYS}, in the order in which they are to be tried.").at(
            "contact_prefs.ways"
        )
    ways = [_way(item) for item in said]
    for way in ways:
        if sum(other.via is way.via for other in ways) > 1:
            raise ContactUnusable(f"{way.via.value!r} is among the ways twice; each is tried once.").at(
                "contact_prefs.ways"
            )
    return [way.model_dump(mode="json") for way in ways]


def _way(said: Any) -> ContactWay:
    try:
        return ContactWay.model_validate({"via": said} if isinstance(said, str) else said)
    except ValidationError as error:
        if any(fault["loc"] == ("after_minutes",) for fault in error.errors()):
            raise ContactUnusable("'after_minutes' is a number from 0 to 1440.").at("contact_prefs.ways") from None
        said = said.get("via") if isinstance(said, dict) else said
        raise ContactUnusable(f"{str(said)[:60]!r} is no way to reach somebody; there are {_WAYS}.").at(
            "contact_prefs.ways"
        ) from None
