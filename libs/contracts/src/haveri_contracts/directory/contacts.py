"""How members want to be reached."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from haveri_contracts.types import Frozen


class Via(StrEnum):
    """A way to reach somebody."""

    CHAT = "chat"
    EMAIL = "email"
    SMS = "sms"
    VOICE = "voice"
    PUSH = "push"


class ContactWay(Frozen):
    """A way to reach a member, tried `after_minutes` into an unanswered call, or at once when an earlier one failed."""

    via: Via
    after_minutes: float = Field(default=0, ge=0, le=24 * 60, allow_inf_nan=False)


class ContactPreferences(Frozen):
    """How a member wants to be called: `ways` in this order, after chat, which always comes first.

    `phone` is international (`+358 40 555 0111`); `push` a token or user key of the push service. Without `ways` the
    member's e-mail address follows when chat fails.
    """

    phone: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] | None = None
    push: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] | None = None
    ways: list[ContactWay] = Field(default_factory=list, max_length=10)
