"""What a conversation decides to do about a request; the gateway carries it out."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from haveri_chat.cards import Card
from haveri_chat.forms import Form
from haveri_contracts.incident.models import Incident
from haveri_contracts.incident.queries import ListIncidents
from haveri_contracts.message import Command


@dataclass(frozen=True)
class Where:
    """Where somebody speaks: `here` is the incident whose channel it is, `addressed` the one the request names.

    The gateway looks `addressed` up by `request.incident` (a number such as INC-4, or an id); None when there is none.
    """

    here: Incident | None = None
    addressed: Incident | None = None


@dataclass(frozen=True)
class SendCommand:
    """Send the command as the member who spoke; when it is accepted, say `then` privately (empty: nothing)."""

    command: Command
    then: str = ""


@dataclass(frozen=True)
class OpenForm:
    """Show the form to the person; where a form cannot be opened, post it privately."""

    form: Form


@dataclass(frozen=True)
class AnswerPrivately:
    """Answer the person; nothing is changed."""

    content: str | Card


@dataclass(frozen=True)
class QueryOnCall:
    """Ask the directory who is on shift at each facility now, then answer with `commands.oncall.on_call_card`."""

    facility_ids: tuple[UUID, ...]


@dataclass(frozen=True)
class QueryIncidents:
    """Send the query, then answer with `commands.incidents.incidents_card`."""

    query: ListIncidents


@dataclass(frozen=True)
class QueryTimeline:
    """Read the incident's newest timeline entries, then answer with `commands.timeline.timeline_card`."""

    incident: Incident


Decision = SendCommand | OpenForm | AnswerPrivately | QueryOnCall | QueryIncidents | QueryTimeline
