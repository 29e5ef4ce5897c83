"""What the gateway counts."""

from __future__ import annotations

from haveri_chassis.metrics import counter, gauge, histogram

ARRIVED = counter("teams_activities", "Activities from Teams, by type and what became of them.", ("type", "end"))
HANDLED = counter("teams_handled", "Activities handled, by how that ended.", ("end",))
ANSWERING = histogram("teams_answer_seconds", "From the arrival of an activity to the answer to Teams.", ("type",))
CALLS = histogram("teams_call_seconds", "Calls to Teams, by kind and how they ended.", ("call", "end"))
PENDING = gauge("teams_pending_activities", "Activities that are stored and not handled yet.")
OPENING = histogram(
    "teams_opening_seconds",
    "From a declared incident's event to the end of its workflow, invitation and link included.",
)
FILES = counter("teams_files", "Files shared in incident channels, by what became of them.", ("end",))
CALLING = histogram("teams_calling_seconds", "From the request to call a member to the card in their own chat.")
CALLS_ENDED = counter("teams_calls", "Members to be called, by what became of it.", ("end",))
