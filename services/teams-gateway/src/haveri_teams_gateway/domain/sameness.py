"""When two deliveries are the same activity: Teams repeats them, sometimes under another id."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from uuid import UUID

from haveri_teams_gateway.domain.activities import Activity, Deleted, Edited, ExpectedAnswer, Pressed, Said

_VERSION_BITS = 0x7 << 76
_VARIANT_BITS = 0b10 << 62
_LOW_76 = (1 << 76) - 1


def identity(activity: Activity) -> str:
    """The same for every delivery under one id. Edits and deletions share the message's; time tells them apart."""
    arrival = activity.arrival
    found = f"{arrival.type}|{arrival.conversation.id}|{arrival.id}"
    return f"{found}|{arrival.sent_at.isoformat()}" if isinstance(activity, Edited | Deleted) else found


def fingerprint(activity: Activity) -> str:
    """The same for every delivery of one act, whatever its id.

    A press is known by the nonce that its button carries; everything else by who did what in which millisecond.
    """
    arrival = activity.arrival
    who = (arrival.conversation.id, arrival.sender.teams_id)
    nonce = activity.data.get("nonce") if isinstance(activity, Pressed) else None
    if isinstance(activity, Pressed) and nonce and activity.expected is not ExpectedAnswer.DIALOG:
        return _digest("press", who[1], _flat(activity.data), _flat(activity.values), activity.form or "")
    return _digest(arrival.type, *who, arrival.sent_at.isoformat(), _content(activity))


class DerivedIds:
    """UUIDv7s that follow from an activity's own: handled again after a crash, it makes the same ids."""

    def __init__(self, activity: UUID, purpose: str) -> None:
        self._activity = activity
        self._purpose = purpose
        self._count = 0

    def new(self) -> UUID:
        """The next id: the activity's time, and bits that nobody else derives."""
        self._count += 1
        seed = f"{self._activity}|{self._purpose}|{self._count}"
        random = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:16], "big")
        moment = (self._activity.int >> 80) << 80
        low = random & _LOW_76 & ~(0b11 << 62)
        return UUID(int=moment | _VERSION_BITS | _VARIANT_BITS | low)


def _content(activity: Activity) -> str:
    match activity:
        case Said() | Edited():
            return activity.text
        case Pressed():
            return f"{activity.expected}{_flat(activity.data)}{_flat(activity.values)}"
        case _:
            return activity.arrival.type


def _flat(values: Mapping[str, str]) -> str:
    return "\x1f".join(f"{name}={values[name]}" for name in sorted(values))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1e".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
