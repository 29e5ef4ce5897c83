"""Invokes: a question to the bot that a person waits for, repeated as Teams repeats it."""

from __future__ import annotations

from dataclasses import dataclass

from haveri_teams_tenant.clock import Ids
from haveri_teams_tenant.push.sender import TIMED_OUT, BotAnswer, Sender
from haveri_teams_tenant.state.records import App, Json


@dataclass
class Patience:
    """How long an invoke may take, in seconds; tests shorten it."""

    seconds: float


class Invoker:
    """Asks up to three times: twice under the same id, then under a new one."""

    def __init__(self, sender: Sender, ids: Ids, patience: Patience) -> None:
        self._sender = sender
        self._ids = ids
        self.patience = patience

    async def ask(self, app: App, activity: Json) -> BotAnswer:
        """The bot's answer. Only silence is repeated: an answer, even a bad one, is an answer."""
        renamed = {**activity, "id": f"f:{self._ids.guid()}"}
        answer = BotAnswer(TIMED_OUT)
        for attempt in (activity, activity, renamed):
            answer = await self._sender.post(app, attempt, self.patience.seconds)
            if answer.status != TIMED_OUT:
                break
        return answer
