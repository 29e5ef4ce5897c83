"""From what somebody wrote to what they ask for. Never raises; what cannot be understood is said, not guessed."""

from __future__ import annotations

import re
from difflib import get_close_matches

from haveri_chat.commands import BY_VERB, USAGES, WORDS
from haveri_chat.commands.base import INCIDENT_NUMBER, IncidentRequest, Request, Typed
from haveri_chat.commands.help import ShowHelp
from haveri_chat.requests import Mention, Misunderstood, Reason, Utterance
from haveri_chat.tidying import LONG, SHORT, tidy

_WORD = r"[^\W\d_][\w-]*"
_SLASHED = re.compile(rf"/ ?({_WORD})(?=[\s:,.!?]|$)")
_PLAIN = re.compile(rf"({_WORD})(?=[\s:,.!?]|$)")
_GLUED_SEVERITY = re.compile(r"(sev|severity)-?([0-9]+)")


def command_word(text: str, addressed: bool) -> str | None:
    """Which command a text is: its usual name, or the word itself when it is unknown; None for an ordinary message.

    `addressed`: Haveri was mentioned or is spoken to alone, so that no slash is needed. At most 40 characters.
    """
    text = tidy(text)
    head = _SLASHED.match(text)
    if head is None:
        if not addressed:
            return None
        head = _PLAIN.match(text)
    word = head.group(1) if head else (text.split() or ["help"])[0]
    return (_command(word) or word.casefold())[:40]


def parse(utterance: Utterance) -> Request | Misunderstood:
    """What is asked for, by a text that `command_word` takes for a command."""
    text = tidy(utterance.text)
    mentions = tuple(
        Mention(there, mention.user_id, tidy(mention.name) or there)
        for mention in utterance.mentions
        if (there := tidy(mention.text)) and mention.user_id
    )
    if not text:
        return ShowHelp()
    head = _SLASHED.match(text) or _PLAIN.match(text)
    word = head.group(1) if head else text.split()[0]
    verb = _command(word)
    if head is None or verb is None:
        return Misunderstood(Reason.UNKNOWN_COMMAND, "", word[:SHORT], _nearest_usage(word))
    glued = _GLUED_SEVERITY.fullmatch(word.casefold())
    rest = (glued.group(2) + " " if glued else "") + tidy(re.sub(r"^[:,.!?]", "", text[head.end() :]))
    if len(rest) > LONG:
        return Misunderstood(Reason.TOO_LONG, verb, str(len(rest)), USAGES[verb], {"longest": str(LONG)})
    command = BY_VERB[verb]
    number = INCIDENT_NUMBER.match(rest) if issubclass(command, IncidentRequest) else None
    if number is None:
        return command.read(Typed(rest, mentions))
    return command.read(Typed(rest[number.end() :], mentions, f"INC-{number.group(1)}"))


def _command(word: str) -> str | None:
    word = word.casefold()
    return "sev" if _GLUED_SEVERITY.fullmatch(word) else WORDS.get(word)


def _nearest_usage(word: str) -> str:
    """How the command nearest to this word is written; `/help` when none is near."""
    near = get_close_matches(word.casefold()[:40], WORDS, n=1, cutoff=0.6)
    return USAGES[WORDS[near[0]]] if near else "/help"
