"""From what somebody wrote to what they ask for. Never raises; what cannot be understood is said, not guessed."""

from __future__ import annotations

import re
from difflib import get_close_matches

from haveri_chat.commands import BY_VERB, USAGES, WORDS
from haveri_chat.commands.base import INCIDENT_NUMBER, IncidentRequest, Request, Typed
from haveri_chat.commands.help import ShowHelp
from haveri_chat.requests import Mention, Misunderstood, Reason, Utterance
from haveri_chat.tidying import LONG, SHORT, tidy

_ENDS = re.compile(r"[\s:,.!?]|$")
_UNKNOWN = re.compile(r"[^\W\d_][\w-]*(?=[\s:,.!?]|$)")
_LONGEST = max(map(len, WORDS))
_GLUED_SEVERITY = re.compile(r"(sev|severity)-?([0-9]+)")


def command_word(text: str, addressed: bool) -> str | None:
    """Which command a text is: its usual name, or the word itself when it is unknown; None for an ordinary message.

    `addressed`: Haveri was mentioned or is spoken to alone, so that no slash is needed. At most 40 characters.
    """
    text = tidy(text)
    word = _slashed(text)
    if word is None:
        if not addressed:
            return None
        word = _word(text) or (text.split() or ["help"])[0]
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
    word = _slashed(text) or _word(text) or text.split()[0]
    verb = _command(word)
    if verb is None:
        return Misunderstood(Reason.UNKNOWN_COMMAND, "", word[:SHORT], _nearest_usage(word))
    glued = _GLUED_SEVERITY.fullmatch(word.casefold())
    rest = (glued.group(2) + " " if glued else "") + tidy(re.sub(r"^[:,.!?]", "", text[text.index(word) + len(word) :]))
    if len(rest) > LONG:
        return Misunderstood(Reason.TOO_LONG, verb, str(len(rest)), USAGES[verb], {"longest": str(LONG)})
    command = BY_VERB[verb]
    number = INCIDENT_NUMBER.match(rest) if issubclass(command, IncidentRequest) else None
    if number is None:
        return command.read(Typed(rest, mentions))
    return command.read(Typed(rest[number.end() :], mentions, f"INC-{number.group(1)}"))


def _slashed(text: str) -> str | None:
    return _word(text[1:].removeprefix(" ")) if text.startswith("/") else None


def _word(text: str) -> str | None:
    """The longest known word that a text begins with; of an unknown one, what letters can tell."""
    for end in range(min(_LONGEST, len(text)), 0, -1):
        if _ENDS.match(text, end) and _command(text[:end]):
            return text[:end]
    unknown = _UNKNOWN.match(text)
    return unknown and unknown.group()


def _command(word: str) -> str | None:
    word = word.casefold()
    return "sev" if _GLUED_SEVERITY.fullmatch(word) else WORDS.get(word)


def _nearest_usage(word: str) -> str:
    """How the command nearest to this word is written; `/help` when none is near."""
    near = get_close_matches(word.casefold()[:40], WORDS, n=1, cutoff=0.6)
    return USAGES[WORDS[near[0]]] if near else "/help"
