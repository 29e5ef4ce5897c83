"""What people type is understood as they meant it, or not at all; never guessed, never an error."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Literal
from unicodedata import normalize

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from haveri_chat import commands
from haveri_chat.commands import USAGES, WORDS
from haveri_chat.commands.base import IncidentRequest, Request, WordsRequest
from haveri_chat.grammar import command_word, parse
from haveri_chat.places import Place
from haveri_chat.requests import Mention, Misunderstood, Person, Reason, Utterance
from haveri_chat.texts import meanings, words_in_every_language
from haveri_contracts.plain import Severity, Status

AINO = Mention("@Aino Virtanen", "user-1", "Aino Virtanen")
MIKKO = Mention("@Mikko", "user-2", "Mikko Laine")


def spell(request: Request) -> Utterance:
    """The request written as a person would type it."""
    people: tuple[Person, ...] = ()
    match request:
        case commands.Declare(what, severity, places, details):
            headline = [what, *(f"{place.preposition} {place.name}" for place in places), severity or ""]
            return Utterance(f"/incident {' '.join(headline)}" + (f"\n{details}" if details else ""))
        case commands.WhoIsOnCall(words) | commands.ShowIncidents(words):
            parts = [words]
        case commands.NameLead(person, me):
            people, parts = (person,) if person else (), ["me" if me else ""]
        case commands.CallForHelp(people, words):
            parts = [words]
        case commands.FollowUp(text, person, due):
            people, parts = (person,) if person else (), [text, f"by {due}" if due else ""]
        case commands.SetStatus(status, note):
            parts = [status, note]
        case commands.SetSeverity(severity, reason):
            parts = [severity[-1], reason]
        case WordsRequest(text=text):
            parts = [text]
        case _ if not any(getattr(request, field.name) for field in fields(request) if field.name != "incident"):
            parts = []
        case _:
            raise NotImplementedError(f"how is {type(request).__name__} typed? Give it a case in `spell`")
    names = [f"@{person.name}" for person in people]
    mentions = [Mention(f"@{one.name}", one.user_id, one.name) for one in people if one.user_id]
    number = getattr(request, "incident", None) or ""
    said = " ".join(part for part in (f"/{request.word}", number, *names, *parts) if part)
    return Utterance(said, tuple(mentions))


def said(text: str, *mentions: Mention) -> object:
    return parse(Utterance(text, mentions))


@pytest.mark.parametrize(
    ("text", "addressed", "word"),
    [
        ("/status mitigated", False, "status"),
        ("status is bad", False, None),
        ("status mitigated", True, "status"),
        ("  /ACK", False, "ack"),
        ("\u200b\ufeff/ack", False, "ack"),
        ("/\u00a0incident\u00a0x", False, "incident"),
        ("/sev1", False, "sev"),
        ("/incident: oil", False, "incident"),
        ("/etc/hosts is wrong", False, None),
        ("//", False, None),
        ("/", False, None),
        ("/ 2 bar", False, None),
        ("1/2 full", False, None),
        ("/blah", False, "blah"),
        ("thanks!", True, "thanks"),
        ("", True, "help"),
        ("", False, None),
        ("tila hallinnassa", True, "status"),
        ("/störung Presse steht", False, "incident"),
        ("/schließen", False, "close"),
        ("/" + "x" * 500, False, "x" * 40),
    ],
)
def test_only_what_is_meant_as_a_command_is_taken_for_one(text: str, addressed: bool, word: str | None) -> None:
    assert command_word(text, addressed) == word


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_every_word_of_every_language_can_be_typed_on_every_keyboard(form: Literal["NFC", "NFD"]) -> None:
    for word, command in WORDS.items():
        typed = normalize(form, word)
        assert command_word(f"/{typed}", False) == command_word(f"{typed}: x", True) == command
    for word, status in meanings("status", Status).items():
        assert parse(Utterance(normalize(form, f"/status {word}"))).status == status  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "text", ["/incident Pump leaks", "incident Pump leaks", "Incident  Pump leaks", "/ incident Pump leaks"]
)
def test_a_command_reads_the_same_with_slash_and_without(text: str) -> None:
    assert said(text) == commands.Declare("Pump leaks")


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("Filler 2 jammed, line 1 down sev1", commands.Declare("Filler 2 jammed, line 1 down", Severity.SEV1)),
        ("Filler 2 jammed SEV-1", commands.Declare("Filler 2 jammed", Severity.SEV1)),
        ("SEV 3: Filler 2 jammed", commands.Declare("Filler 2 jammed", Severity.SEV3)),
        ("jam, sev2 on Filler 2", commands.Declare("jam,", Severity.SEV2, (Place("on", "Filler 2"),))),
        ("jam in Line 1 on Filler 2", commands.Declare("jam", None, (Place("in", "Line 1"), Place("on", "Filler 2")))),
        ("on fire", commands.Declare("", None, (Place("on", "fire"),))),
        ("went from sev3 to sev1", commands.Declare("went from sev3 to", Severity.SEV1)),
        ("seventeen bottles broke", commands.Declare("seventeen bottles broke")),
        ("jam\nsmoke from the motor\nsev1", commands.Declare("jam", Severity.SEV1, (), "smoke from the motor\nsev1")),
        ("", commands.Declare()),
        ("sev2", commands.Declare("", Severity.SEV2)),
        ("🔥 palo linjalla 🔥", commands.Declare("🔥 palo linjalla 🔥")),
        ("تعطل الآلة", commands.Declare("تعطل الآلة")),
        ("<b>jam</b> *now* & [x](y)", commands.Declare("<b>jam</b> *now* & [x](y)")),
        ("a\u00a0\u00a0b", commands.Declare("a b")),
        ("INC-12", commands.ShowTimeline(incident="INC-12")),
    ],
)
def test_an_incident_is_read_with_severity_and_places(text: str, request_: object) -> None:
    assert said(f"/incident {text}") == request_


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("/ack", commands.Acknowledge()),
        ("/ack INC-4", commands.Acknowledge(incident="INC-4")),
        ("/ack inc 004", commands.Acknowledge(incident="INC-4")),
        ("/status investigating", commands.SetStatus(Status.INVESTIGATING)),
        ("/status under control: bypass in place", commands.SetStatus(Status.MITIGATED, "bypass in place")),
        ("/status Tutkitaan.", commands.SetStatus(Status.INVESTIGATING)),
        ("/status wird untersucht", commands.SetStatus(Status.INVESTIGATING)),
        ("/status INC-4 mitigated", commands.SetStatus(Status.MITIGATED, incident="INC-4")),
        ("/status mitigated line\nruns slowly", commands.SetStatus(Status.MITIGATED, "line\nruns slowly")),
        ("/sev 1", commands.SetSeverity(Severity.SEV1)),
        ("/sev2", commands.SetSeverity(Severity.SEV2)),
        ("/sev SEV-3 only one head", commands.SetSeverity(Severity.SEV3, "only one head")),
        ("/severity INC-9 sev1", commands.SetSeverity(Severity.SEV1, incident="INC-9")),
        ("/lead me", commands.NameLead(me=True)),
        ("/lead minä", commands.NameLead(me=True)),
        ("/lead", commands.NameLead()),
        ("/lead @mikko", commands.NameLead(Person("mikko"))),
        ("/comms Jonas Weber", commands.NameCommsLead(Person("Jonas Weber"))),
        ("/did swapped the infeed sensor", commands.LogAction("swapped the infeed sensor")),
        ("/note first\n\nsecond", commands.AddNote("first\n\nsecond")),
        ("/escalate", commands.CallForHelp()),
        ("/escalate electricians", commands.CallForHelp((), "electricians")),
        ("/resolve", commands.Resolve()),
        ("/close", commands.Close()),
        ("/amend INC-4", commands.Amend(incident="INC-4")),
        ("/reopen it leaks again", commands.Reopen("it leaks again")),
        (
            "/followup check the cable @Mikko by 24.12.2026",
            commands.FollowUp("check the cable", Person("Mikko"), date(2026, 12, 24)),
        ),
        ("/followup grease it by next week", commands.FollowUp("grease it by next week")),
        ("/oncall Leipzig", commands.WhoIsOnCall("Leipzig")),
        ("/incidents", commands.ShowIncidents()),
        ("/timeline INC-4", commands.ShowTimeline(incident="INC-4")),
        ("/help", commands.ShowHelp()),
        ("", commands.ShowHelp()),
    ],
)
def test_every_command_is_read(text: str, request_: Request) -> None:
    assert said(text) == request_
    assert parse(spell(request_)) == request_


def test_every_command_is_listed_and_none_shares_a_word_with_another() -> None:
    modules = {path.stem for path in Path(commands.__file__).parent.glob("*.py")} - {"__init__", "base"}
    assert {command.word for command in commands.COMMANDS} == modules
    meant = {(word, key) for key in USAGES for word in (key, *words_in_every_language(f"command.{key}"))}
    assert len(meant) == len({word for word, _ in meant}) == len(WORDS)


def test_every_command_that_has_a_button_is_on_the_card_at_its_place() -> None:
    about_one = [command for command in commands.COMMANDS if issubclass(command, IncidentRequest)]
    with_button = {command for command in about_one if command.offered or "buttons" in vars(command)}
    assert len(commands.ON_THE_CARD) == len(with_button) and set(commands.ON_THE_CARD) == with_button


def test_a_mentioned_person_is_known_by_the_platforms_id() -> None:
    assert said("/lead @Aino Virtanen", AINO) == commands.NameLead(Person("Aino Virtanen", "user-1"))
    assert said("/lead INC-4 to @Mikko please", MIKKO) == commands.NameLead(
        Person("Mikko Laine", "user-2"), incident="INC-4"
    )
    both = said("/escalate @Mikko @Aino Virtanen pump", AINO, MIKKO)
    assert both == commands.CallForHelp((Person("Mikko Laine", "user-2"), Person("Aino Virtanen", "user-1")), "pump")


@pytest.mark.parametrize(
    ("text", "reason", "nearest"),
    [
        ("/incdent jam", Reason.UNKNOWN_COMMAND, USAGES["incident"]),
        ("/stauts mitigated", Reason.UNKNOWN_COMMAND, USAGES["status"]),
        ("/qqqq", Reason.UNKNOWN_COMMAND, "/help"),
        ("status is bad", Reason.UNKNOWN_STATUS, "/status investigating"),
        ("/status mitigted", Reason.UNKNOWN_STATUS, "/status mitigated"),
        ("/status", Reason.UNKNOWN_STATUS, "/status investigating"),
        ("/sev", Reason.UNKNOWN_SEVERITY, USAGES["sev"]),
        ("/sev 9", Reason.UNKNOWN_SEVERITY, USAGES["sev"]),
        ("/sev high", Reason.UNKNOWN_SEVERITY, USAGES["sev"]),
        ("/incident Filler jammed sev9", Reason.UNKNOWN_SEVERITY, "/incident Filler jammed sev1"),
        ("/incident sev0", Reason.UNKNOWN_SEVERITY, "/incident <what> sev1"),
        ("/followup grease it by 2026-02-31", Reason.UNKNOWN_DATE, USAGES["followup"]),
        ("/note " + "x" * 8001, Reason.TOO_LONG, USAGES["note"]),
        ("🔥", Reason.UNKNOWN_COMMAND, "/help"),
    ],
)
def test_what_is_not_understood_is_said_with_the_nearest_right_form(text: str, reason: Reason, nearest: str) -> None:
    answer = said(text)
    assert isinstance(answer, Misunderstood)
    assert (answer.reason, answer.nearest) == (reason, nearest)


def test_a_lead_is_one_person() -> None:
    answer = said("/lead @Mikko @Aino Virtanen", AINO, MIKKO)
    assert isinstance(answer, Misunderstood)
    assert (answer.reason, answer.typed) == (Reason.SEVERAL_PEOPLE, "Mikko Laine, Aino Virtanen")


def test_five_thousand_characters_are_read_whole() -> None:
    assert said("/incident " + "jam " * 1250) == commands.Declare(("jam " * 1250).strip())


def test_what_no_store_can_hold_is_taken_out() -> None:
    assert said("/note a\x00b\ud800c") == commands.AddNote("ab\ufffdc")


pieces = st.sampled_from(
    [*WORDS, "/", " ", "  ", "\n", "\u00a0", "@", "INC-4", "inc 7:", "sev1", "SEV 9", "sev", "in", "on", "in Line 1",
     "on Filler 2", "by 2026-12-24", "by 31.2.2026", "mitigated", "under control", "me", "@Mikko", "@Aino Virtanen",
     ",", ":", "-", "🔥", "<b>", "\u200f", "عطل", "a" * 300]
)  # fmt: skip
texts = st.one_of(st.text(max_size=60), st.lists(st.one_of(pieces, st.text(max_size=5)), max_size=9).map(" ".join))
mentions = st.lists(
    st.one_of(
        st.sampled_from([AINO, MIKKO]),
        st.builds(Mention, st.text(max_size=4), st.text(max_size=3), st.text(max_size=4)),
    ),
    max_size=3,
)


@given(text=texts, slash=st.sampled_from(["", "/"]), mentions=mentions, addressed=st.booleans())
@example(text="sev sev1 2", slash="/incident ", mentions=[], addressed=True)
@example(text="@Aino Virtanen by 2026-12-24", slash="/followup ", mentions=[AINO], addressed=True)
def test_reading_never_fails_and_reading_what_is_spelled_gives_the_same(
    text: str, slash: str, mentions: list[Mention], addressed: bool
) -> None:
    command_word(slash + text, addressed)
    request = parse(Utterance(slash + text, tuple(mentions)))
    if not isinstance(request, Misunderstood):
        assert parse(spell(request)) == request


@given(text=st.text(), mentions=mentions)
def test_no_text_at_all_makes_reading_fail(text: str, mentions: list[Mention]) -> None:
    parse(Utterance(text, tuple(mentions)))
    assert command_word(text, False) is None or text.strip()


def test_a_wall_of_spaces_is_read_at_once() -> None:
    assert said("/note a" + " " * 7000 + "b" + "\u200b" * 50_000) == commands.AddNote("a" + " " * 7000 + "b")
