"""Every command of chat. Another command is another module here and its class in `COMMANDS`."""

from __future__ import annotations

from haveri_chat.cards import Button
from haveri_chat.commands.ack import Acknowledge
from haveri_chat.commands.amend import Amend
from haveri_chat.commands.base import IncidentRequest, Request
from haveri_chat.commands.close import Close
from haveri_chat.commands.comms import NameCommsLead
from haveri_chat.commands.did import LogAction
from haveri_chat.commands.escalate import CallForHelp
from haveri_chat.commands.followup import FollowUp
from haveri_chat.commands.help import ShowHelp
from haveri_chat.commands.incident import Declare
from haveri_chat.commands.incidents import ShowIncidents
from haveri_chat.commands.join import JoinCall
from haveri_chat.commands.lead import NameLead
from haveri_chat.commands.note import AddNote
from haveri_chat.commands.oncall import WhoIsOnCall
from haveri_chat.commands.reopen import Reopen
from haveri_chat.commands.resolve import Resolve
from haveri_chat.commands.sev import SetSeverity
from haveri_chat.commands.status import SetStatus
from haveri_chat.commands.take import TakeCall
from haveri_chat.commands.timeline import ShowTimeline
from haveri_chat.texts import meanings
from haveri_contracts.incident.models import Incident

COMMANDS: tuple[type[Request], ...] = (
    Declare, Acknowledge, SetStatus, SetSeverity, NameLead, NameCommsLead, LogAction, AddNote, CallForHelp, Resolve,
    Amend, Close, Reopen, FollowUp, WhoIsOnCall, ShowIncidents, ShowTimeline, ShowHelp, TakeCall, JoinCall,
)  # fmt: skip
"""In the order in which help lists them."""

ON_THE_CARD: tuple[type[IncidentRequest], ...] = (
    Acknowledge, SetStatus, LogAction, Resolve, CallForHelp, NameLead, NameCommsLead, Close, Amend, AddNote,
    SetSeverity, Reopen,
)  # fmt: skip
"""Those with buttons on an incident's card, the likeliest first."""

BY_VERB = {command.word: command for command in COMMANDS}

USAGES = {command.word: command.usage for command in COMMANDS if command.usage}
"""Every command that can be typed, and how it is written."""

WORDS = meanings("command", USAGES) | {word: word for word in USAGES}
"""Every word that starts a command, and which."""


def buttons(incident: Incident, locale: str) -> tuple[Button, ...]:
    """The buttons of the incident's card that make sense now."""
    return tuple(button for command in ON_THE_CARD for button in command.buttons(incident, locale))
