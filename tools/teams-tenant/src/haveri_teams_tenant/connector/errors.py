"""What the Bot Connector answers when it refuses."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import JSONResponse


class ConnectorRefusal(Exception):
    """A refusal in the Bot Connector's shape: `{"error": {"code", "message"}}`."""

    def __init__(self, status: int, code: str, message: str, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.retry_after = status, code, message, retry_after


def unauthorized() -> ConnectorRefusal:
    """The bearer token opens nothing."""
    return ConnectorRefusal(401, "", "Authorization has been denied for this request.")


def bad_syntax(message: str) -> ConnectorRefusal:
    """The body is not what it should be."""
    return ConnectorRefusal(400, "BadSyntax", message)


def bad_argument(message: str) -> ConnectorRefusal:
    """A targeted message is not addressed as it should be."""
    return ConnectorRefusal(400, "Bad argument", message)


def not_in_roster() -> ConnectorRefusal:
    """The app was removed, or never was there."""
    return ConnectorRefusal(403, "BotNotInConversationRoster", "The bot is not part of the conversation roster.")


def writes_blocked() -> ConnectorRefusal:
    """Nobody can write here."""
    return ConnectorRefusal(403, "MessageWritesBlocked", "Message writes are blocked in this conversation.")


def no_conversation() -> ConnectorRefusal:
    """The conversation does not exist."""
    return ConnectorRefusal(404, "ConversationNotFound", "Conversation not found.")


def no_activity() -> ConnectorRefusal:
    """The message does not exist, was deleted or has expired."""
    return ConnectorRefusal(404, "ActivityNotFoundInConversation", "The activity was not found in the conversation.")


def too_big() -> ConnectorRefusal:
    """The message does not fit."""
    return ConnectorRefusal(413, "MessageSizeTooBig", "Message size too large.")


def throttled(seconds: int) -> ConnectorRefusal:
    """The bot is too fast."""
    return ConnectorRefusal(429, "Throttled", "Too many requests.", retry_after=seconds)


async def answer_refusal(_: Request, refusal: Exception) -> JSONResponse:
    """The refusal on the wire."""
    if not isinstance(refusal, ConnectorRefusal):
        raise refusal
    headers = {"Retry-After": str(refusal.retry_after)} if refusal.retry_after else {}
    if refusal.status == 401:
        return JSONResponse({"message": refusal.message}, 401, headers={"WWW-Authenticate": "Bearer"})
    return JSONResponse({"error": {"code": refusal.code, "message": refusal.message}}, refusal.status, headers=headers)
