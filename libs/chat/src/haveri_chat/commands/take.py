"""Answering a call with "I've got it": the incident is taken. Only a call's card says this."""

from __future__ import annotations

from haveri_chat.commands.ack import Acknowledge


class TakeCall(Acknowledge):
    """Take the incident that one is called about."""

    word = "take"
    usage = ""
