"""The page behind the link in an e-mail or SMS."""

from haveri_texts import Text

ANSWERS: dict[str, Text] = {
    "answer.you_are": "{name}, {organization}",
    "answer.since": "since",
    "answer.at": "at",
    "answer.somebody": "Somebody else",
    "answer.button.take": "I've got it",
    "answer.button.join": "I'm coming",
    "answer.help.take": "Nobody else is called once you have pressed. The others see that you have it.",
    "answer.help.join": "Those who have it see that you are coming.",
    "answer.yours": "You have it.",
    "answer.yours.next": "The pending calls have stopped. Work goes on in chat.",
    "answer.coming": "They know that you are coming.",
    "answer.coming.next": "Nothing else to press here.",
    "answer.taken": "{name} has it already.",
    "answer.taken.next": "You need not do anything. If more hands are wanted, they call you.",
    "answer.resolved": "It is over.",
    "answer.resolved.next": "The incident has been resolved; nobody needs to come.",
    "answer.forbidden": "Your role may not take incidents.",
    "answer.forbidden.next": (
        "Your role has changed since you were called. Tell the shift lead, or ask an administrator."
    ),
    "answer.noted": "Your answer is noted.",
    "answer.noted.next": (
        "A part of Haveri is away for a moment; it counts as soon as that is back. Load this page again to see."
    ),
    "answer.unknown": "This link is not one of ours",
    "answer.unknown.next": (
        "Perhaps only a part of it arrived. Copy the whole link from the message, or answer in chat."
    ),
    "answer.expired": "This link has expired",
    "answer.expired.next": "Links are good for a day, for members only. See in chat or on the pages how things stand.",
    "answer.often": "Too many attempts",
    "answer.often.next": "Wait a few minutes, or answer in chat.",
    "answer.foreign": "The answer did not come from this page",
    "answer.foreign.next": "Nothing was changed. Open the link from the message again and press the button there.",
    "answer.away": "Not possible right now",
    "answer.away.next": (
        "A part of Haveri does not answer. Try again in a moment, or press the button in chat, which goes on working."
    ),
    "answer.open": "Open {number}",
}
