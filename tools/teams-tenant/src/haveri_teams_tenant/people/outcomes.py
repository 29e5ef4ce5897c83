"""What a person sees after pressing a button or sending a form, read from the bot's answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from haveri_teams_tenant.cards.validate import BadCard, validate_card
from haveri_teams_tenant.people.bot_posts import CARD
from haveri_teams_tenant.push.sender import TIMED_OUT, UNREACHABLE, BotAnswer
from haveri_teams_tenant.state.records import Dialog, Json

OutcomeKind = Literal["card", "message", "error", "dialog", "sent", "closed"]
MESSAGE = "application/vnd.microsoft.activity.message"
ERROR = "application/vnd.microsoft.error"


@dataclass(frozen=True)
class Outcome:
    """`card`: the card changed; `message` and `error`: a text for this person only; `dialog`: a form opened;
    `sent`: the press went out as a message; `closed`: the form is done."""

    kind: OutcomeKind
    text: str = ""
    card: Json | None = None
    dialog: Dialog | None = None
    status: int = 200
    body: Any = None


@dataclass(frozen=True)
class Form:
    """A form that the bot wants to show."""

    title: str
    card: Json


def failed(answer: BotAnswer) -> Outcome | None:
    """The outcome when there is no proper answer, else None."""
    if answer.status == UNREACHABLE:
        return Outcome("error", "The app could not be reached. Please try again.", status=502)
    if answer.status == TIMED_OUT:
        return Outcome("error", "The app did not answer in time. Please try again.", status=504)
    if not answer.accepted:
        text = "Something went wrong in the app. Please try again."
        return Outcome("error", text, status=answer.status, body=answer.body)
    return None


def of_card_action(answer: BotAnswer) -> Outcome:
    """Read `{statusCode, type, value}`, the answer to `adaptiveCard/action`."""
    if (outcome := failed(answer)) is not None:
        return outcome
    body = answer.body if isinstance(answer.body, dict) else {}
    status, kind, value = body.get("statusCode"), body.get("type"), body.get("value")
    if status == 200 and kind == CARD:
        return _card(value, body)
    if status == 200 and kind == MESSAGE:
        return Outcome("message", str(value), body=body)
    if kind == ERROR and isinstance(value, dict):
        text = str(value.get("message") or value.get("code") or "The app refused.")
        return Outcome("error", text, status=int(status or 500), body=body)
    return Outcome("error", "Unable to reach app. Its answer could not be understood.", status=502, body=answer.body)


def _card(card: Any, body: Any) -> Outcome:
    try:
        validate_card(card)
    except BadCard as bad:
        return Outcome("error", f"The app answered with a card that cannot be shown: {bad}", status=502, body=body)
    return Outcome("card", card=card, body=body)


def of_task(answer: BotAnswer) -> Outcome | Form:
    """Read the answer to `task/fetch`, `task/submit` and their composeExtension sisters."""
    if (outcome := failed(answer)) is not None:
        return outcome
    body = answer.body if isinstance(answer.body, dict) else {}
    task = body.get("task")
    if not isinstance(task, dict):
        return Outcome("closed", body=answer.body)
    if task.get("type") == "message":
        return Outcome("message", str(task.get("value") or ""), body=body)
    value = task.get("value")
    attachment = value.get("card") if isinstance(value, dict) else None
    if task.get("type") != "continue" or not isinstance(value, dict) or not isinstance(attachment, dict):
        return Outcome("error", "The app answered with a form that cannot be shown.", status=502, body=body)
    card = attachment.get("content", attachment)
    outcome = _card(card, body)
    return outcome if outcome.kind == "error" else Form(str(value.get("title") or "Form"), card)
