"""What to do about what somebody typed, pressed or filled in: pure decisions, in their language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from haveri_chat import answers
from haveri_chat.commands import BY_VERB
from haveri_chat.commands.base import Context, IncidentRequest, Request, Unclear
from haveri_chat.decisions import AnswerPrivately, Decision, OpenForm, Where
from haveri_chat.forms.sheet import Sheet
from haveri_chat.plant import Plant, Who
from haveri_chat.requests import Misunderstood, Reason


def interpret(
    request: Request | Misunderstood,
    who: Who,
    where: Where,
    plant: Plant,
    *,
    new_id: Callable[[], UUID],
    now: datetime | None = None,
) -> Decision:
    """Decide about a request. `new_id` gives UUIDv7s; `now`, when given, fills in how long an incident has lasted."""
    if isinstance(request, Misunderstood):
        return AnswerPrivately(answers.misunderstood(who.locale, request))
    context = Context(who, plant, new_id, now)
    if isinstance(request, IncidentRequest):
        request = _as_meant_here(request, where)
        incident = where.addressed if request.incident else where.here
        if incident is None:
            return context.answer("refusal.incident-unknown" if request.incident else "answer.which_incident")
        context = replace(context, about=incident)
    if not (request.for_everybody or who.may_respond):
        return context.answer("refusal.role-not-sufficient")
    try:
        return request.decide(context)
    except Unclear as unclear:
        return unclear.answer


def pressed(data: Mapping[str, str]) -> Request | Misunderstood:
    """The request behind a button's `data`; Misunderstood for a button this version does not know. Never raises."""
    verb = str(data.get("verb", ""))
    try:
        return BY_VERB[verb].pressed(data)
    except (KeyError, ValueError):
        return Misunderstood(Reason.STALE_BUTTON, "", verb[:40], "/help")


def submitted(
    data: Mapping[str, str],
    values: Mapping[str, str],
    who: Who,
    where: Where,
    plant: Plant,
    *,
    new_id: Callable[[], UUID],
) -> Decision:
    """Read a filled-in form; `where.addressed` is the incident of `data["incident"]`. Never raises for bad values.

    The form comes back with what is wrong at its fields, when anything is.
    """
    context = Context(who, plant, new_id, about=where.addressed)
    if not who.may_respond:
        return context.answer("refusal.role-not-sufficient")
    command = BY_VERB.get(str(data.get("verb", "")))
    if command is not None and issubclass(command, IncidentRequest) and context.about is None:
        return context.answer("refusal.incident-unknown")
    if command is None or command.fill is Request.fill:
        return context.answer("misunderstood.stale-button")
    sheet = Sheet(who.locale, plant, values)
    decide = command().fill(sheet, context)
    return OpenForm(sheet.form(command.word, context.about, dict(data))) if sheet.errors else decide()


def _as_meant_here(request: IncidentRequest, where: Where) -> IncidentRequest:
    """In an incident's channel, text that begins with another incident's number speaks about it, not to it."""
    number = request.incident
    elsewhere = where.here is not None and (where.addressed is None or where.addressed.id != where.here.id)
    if number is None or not elsewhere or not number.startswith("INC-"):
        return request
    return request.as_meant_in_its_channel()
