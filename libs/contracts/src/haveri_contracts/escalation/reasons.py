"""Why something is as it is, as data: whoever shows it puts it into words, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import StringConstraints

from haveri_contracts.types import FreeForm

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,49}$")]


class ReasonCode(StrEnum):
    """The codes there are, each with its parameters. More may come: a reader shows one that it does not know as it is.

    `…_id` and `…_ids` are for the reader's copy of the directory; `weekday` and `clock` are the wall clock's at the
    facility; `times` are times of day as policies have them; `policy` and `other` are names of policies.
    """

    # Why somebody is called
    BY_NAME = "by_name"
    ADMINISTRATOR = "administrator"
    IN_TEAM = "in_team"  # team_id
    IN_TEAM_ON_SHIFT = "in_team_on_shift"  # team_id, shift
    ON_SHIFT = "on_shift"  # shift
    HAS_ROLE = "has_role"  # role, shift
    # Whom a step named in vain
    MEMBER_GONE = "member_gone"
    TEAM_GONE = "team_gone"
    TEAM_OFF_SHIFT = "team_off_shift"  # team_id
    TEAM_EMPTY = "team_empty"  # team_id
    NOBODY_ON_SHIFT = "nobody_on_shift"
    ROLE_OFF_SHIFT = "role_off_shift"  # role
    MAY_NOT_RESPOND = "may_not_respond"  # member_id
    NO_ADMINISTRATOR = "no_administrator"
    # What a simulation says of a step
    CALLED_BEFORE = "called_before"  # member_id
    STEPS_NOT_SHOWN = "steps_not_shown"  # count
    # What became of steps, calls and runs
    TAKEN = "taken"
    RUN_ENDED = "run_ended"  # end: why the run ended
    NOBODY_REACHABLE = "nobody_reachable"  # step
    NO_ANSWER = "no_answer"  # via
    WAY_FAILED = "way_failed"  # via, words; why: the carrier's reason as `code` and `params`, where it gave one
    NO_WAY = "no_way"  # member_id
    NOT_NEEDED = "not_needed"
    NOT_MITIGATED = "not_mitigated"  # number, minutes
    # Why a way, a message or a file failed; `detail` is what another system said (decision 39)
    NO_ADDRESS = "no_address"
    WAY_NOT_SET_UP = "way_not_set_up"
    NO_REPLY = "no_reply"  # seconds
    NOT_ACCEPTED = "not_accepted"
    PROVIDER_REFUSED = "provider_refused"  # detail
    PROVIDER_AWAY = "provider_away"  # detail
    TRIED_AGAIN = "tried_again"  # detail
    TRIED_TOO_LONG = "tried_too_long"
    CALL_UNKNOWN = "call_unknown"
    NO_ACCOUNT = "no_account"  # name
    NOT_WRITABLE = "not_writable"  # name, detail
    NO_CHANNEL = "no_channel"
    NO_GLOBAL_CHANNEL = "no_global_channel"
    NAMES_TAKEN = "names_taken"  # first, last
    FILE_NOT_HTTPS = "file_not_https"
    FILE_TOO_LARGE = "file_too_large"  # megabytes
    IMAGE_ELSEWHERE = "image_elsewhere"
    # What somebody wished for; without a member_id it was Haveri or a plant system
    ASKED_FOR_MORE = "asked_for_more"  # member_id
    ASKED_FOR_MORE_BECAUSE = "asked_for_more_because"  # member_id, words
    NAMED_LEAD = "named_lead"  # member_id, number
    # Which policy is followed, and why not another
    POLICY_FITS = "policy_fits"  # policy, severity, area_ids, asset_types, times, weekday, clock
    DEFAULT_FOLLOWED = "default_followed"  # policy, severity, area_ids, weekday, clock
    NO_POLICY = "no_policy"  # severity, area_ids, weekday, clock
    OTHER_SEVERITY = "other_severity"  # policy, severities, severity
    OTHER_AREA = "other_area"  # policy, area_ids
    OTHER_TYPE = "other_type"  # policy, asset_types
    OTHER_TIME = "other_time"  # policy, times, weekday, clock
    COMES_AFTER = "comes_after"  # policy, other
    NAMES_AREA = "names_area"  # policy, other
    NAMES_TYPE = "names_type"  # policy, other
    NAMES_TIME = "names_time"  # policy, other
    FEWER_SEVERITIES = "fewer_severities"  # policy, other
    HIGHER_PRIORITY = "higher_priority"  # policy, other, priority, other_priority
    NEWER = "newer"  # policy, other
    TIED = "tied"  # policy, other


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason: a code and its parameters, nothing of it in words."""

    # No model: a simulation makes a hundred of them, and what our own enumeration makes needs no checking.
    code: Code
    params: FreeForm = field(default_factory=dict)

    def __str__(self) -> str:
        """For logs, and for readers from before there were reasons."""
        said = ", ".join(f"{name}: {value}" for name, value in self.params.items())
        return self.code.replace("_", " ") + (f" ({said})" if said else "")

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Reason:
        """From JSON that was checked when it came."""
        return cls(data["code"], data.get("params") or {})

    @classmethod
    def of(cls, code: ReasonCode, **params: Any) -> Reason:
        """The reason with its parameters as JSON has them."""
        return cls(code, {name: value if type(value) is str else _plain(value) for name, value in params.items()})


def _plain(value: Any) -> Any:
    if isinstance(value, UUID | StrEnum):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value
