"""`/help`: what can be typed."""

from __future__ import annotations

# The list of all commands holds this one, too: it is there once somebody asks for it.
from haveri_chat import commands
from haveri_chat.cards import Block, Button, Buttons, Card, Facts, Heading, Style, Text
from haveri_chat.commands.base import Context, Request
from haveri_chat.decisions import AnswerPrivately, Decision
from haveri_chat.plant import Who
from haveri_chat.texts import say


class ShowHelp(Request):
    """What can be typed."""

    word = "help"
    usage = "/help"
    for_everybody = True

    def decide(self, context: Context) -> Decision:
        return AnswerPrivately(help_card(context.who))


def help_card(who: Who) -> Card:
    """What this person can type."""
    locale = who.locale
    known = [one for one in commands.COMMANDS if one.usage and (who.may_respond or one.for_everybody)]
    rows = tuple((command.usage, say(locale, f"help.{command.word}")) for command in known)
    blocks: list[Block] = [Heading(say(locale, "help.title")), Text(say(locale, "help.intro")), Facts(rows)]
    if who.may_respond:
        declare = Button("incident", say(locale, "button.declare"), {"verb": "incident"}, Style.PRIMARY, True)
        blocks.append(Buttons((declare,)))
    else:
        blocks.append(Text(say(locale, "help.viewer"), subtle=True))
    return Card(tuple(blocks), say(locale, "help.title"))
