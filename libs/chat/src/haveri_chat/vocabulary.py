"""The words people use: commands, statuses and severities, in the languages of the plants."""

from __future__ import annotations

from difflib import get_close_matches

from haveri_contracts.plain import Severity, Status

FORMS: dict[str, str] = {
    "incident": "/incident <what> [sev1|sev2|sev3] [in <area>] [on <asset>]",
    "ack": "/ack",
    "status": "/status investigating|mitigated",
    "sev": "/sev 1|2|3",
    "lead": "/lead @who",
    "comms": "/comms @who",
    "did": "/did <what>",
    "note": "/note <text>",
    "escalate": "/escalate [@who|policy|team]",
    "resolve": "/resolve",
    "amend": "/amend",
    "close": "/close",
    "reopen": "/reopen <why>",
    "followup": "/followup <what> [@who] [by YYYY-MM-DD]",
    "oncall": "/oncall",
    "incidents": "/incidents",
    "timeline": "/timeline",
    "help": "/help",
}
"""Every command and how it is written."""

_OTHER_WORDS: dict[str, str] = {
    "incident": "declare häiriö vika störung",
    "ack": "acknowledge kuittaa kuittaus quittieren quittiert",
    "status": "tila zustand",
    "sev": "severity vakavuus schwere schweregrad",
    "lead": "vetäjä leitung",
    "comms": "viestintä viestijä kommunikation",
    "did": "done tein tehty getan gemacht erledigt",
    "note": "huomio huomautus notiz",
    "escalate": "hälytä eskalieren",
    "resolve": "resolved ratkaise ratkaistu lösen gelöst",
    "amend": "täydennä korrigieren",
    "close": "sulje schließen",
    "reopen": "avaa wiedereröffnen",
    "followup": "follow-up jatkotoimi folgeaufgabe",
    "oncall": "on-call vuorossa schicht",
    "incidents": "häiriöt störungen",
    "timeline": "aikajana verlauf",
    "help": "apua ohje hilfe",
}

COMMANDS: dict[str, str] = {word: word for word in FORMS} | {
    word: command for command, words in _OTHER_WORDS.items() for word in words.split()
}
"""Every word that starts a command, and which."""

ME = frozenset(["me", "myself", "i", "minä", "minut", "itse", "ich", "mich", "mir", "selbst"])
"""Words for "the person who is speaking"."""

_STATUS_WORDS: dict[Status, tuple[str, ...]] = {
    Status.DECLARED: ("declared", "ilmoitettu", "gemeldet"),
    Status.INVESTIGATING: (
        "investigating", "investigate", "under investigation", "looking into it", "on it", "in progress",
        "working on it",
        "tutkitaan", "tutkinnassa", "selvitetään", "selvityksessä", "työn alla",
        "wird untersucht", "in untersuchung", "untersuchung", "in arbeit", "in bearbeitung",
    ),
    Status.MITIGATED: (
        "mitigated", "mitigate", "contained", "stable", "under control", "workaround", "running again",
        "lievennetty", "rajattu", "hallinnassa", "tilapäisesti korjattu",
        "eingedämmt", "entschärft", "unter kontrolle", "stabil", "läuft wieder",
    ),
    Status.RESOLVED: (
        "resolved", "resolve", "fixed", "solved", "ratkaistu", "korjattu", "behoben", "gelöst", "erledigt",
    ),
    Status.CLOSED: ("closed", "close", "suljettu", "geschlossen", "abgeschlossen"),
}  # fmt: skip

STATUSES: dict[str, Status] = {word: status for status, words in _STATUS_WORDS.items() for word in words}
"""Every way to say a status."""

LONGEST_STATUS = max(len(words.split()) for words in STATUSES)


def severity_of(number: str) -> Severity | None:
    """The severity with this number, None when there is none."""
    return {"1": Severity.SEV1, "2": Severity.SEV2, "3": Severity.SEV3}.get(number)


def nearest_form(word: str) -> str:
    """How the command nearest to this word is written; `/help` when none is near."""
    near = get_close_matches(word.casefold()[:40], COMMANDS, n=1, cutoff=0.6)
    return FORMS[COMMANDS[near[0]]] if near else "/help"


def nearest_status(words: str) -> str:
    """The status command nearest to these words."""
    usual = (Status.INVESTIGATING, Status.MITIGATED, Status.RESOLVED)
    near = get_close_matches(words.casefold()[:40], STATUSES, n=1, cutoff=0.6)
    status = STATUSES[near[0]] if near else Status.INVESTIGATING
    return f"/status {(status if status in usual else Status.INVESTIGATING).value.lower()}"
