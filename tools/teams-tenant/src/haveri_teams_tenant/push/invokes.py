"""Invokes: a request to the bot that a person waits for, repeated as Teams repeats it."""

from __future__ import annotations

from haveri_teams_tenant.clock import Ids
from haveri_teams_tenant.push.sender import TIMED_OUT, BotAnswer, Sender
from haveri_teams_tenant.state.records import App, Json


class Invoker:
    """Sends it up to three times, `timeout` seconds each: twice under the same id, then under a new one."""

    def __init__(self, sender: Sender, ids: Ids, timeout: float) -> None:
        self._sender = sender
        self._ids = ids
        self.timeout = timeout

    async def invoke(self, app: App, activity: Json) -> BotAnswer:
        """The bot's answer. Only silence is repeated: an answer, even a bad one, is an answer."""
        renamed = {**activity, "id": f"f:{self._ids.guid()}"}
        answer = BotAnswer(TIMED_OUT)
        for attempt in (activity, activity, renamed):
            answer = await self._sender.post(app, attempt, self.timeout)
            if answer.status != TIMED_OUT:
                break
        return answer
