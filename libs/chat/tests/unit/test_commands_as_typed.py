"""What people type is understood as they meant it, or not at all; never guessed, never an error."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from haveri_chat import requests as ask
from haveri_chat.grammar import command_word, parse
from haveri_chat.requests import Mention, Misunderstood, Person, Place, Reason, Utterance
from haveri_chat.spelling import spell
from haveri_chat.vocabulary import COMMANDS, FORMS
from haveri_contracts.plain import Severity, Status

AINO = Mention("@Aino Virtanen", "user-1", "Aino Virtanen")
MIKKO = Mention("@Mikko", "user-2", "Mikko Laine")


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
        ("/" + "x" * 500, False, "x" * 40),
    ],
)
def test_only_what_is_meant_as_a_command_is_taken_for_one(text: str, addressed: bool, word: str | None) -> None:
    assert command_word(text, addressed) == word


@pytest.mark.parametrize(
    "text", ["/incident Pump leaks", "incident Pump leaks", "Incident  Pump leaks", "/ incident Pump leaks"]
)
def test_a_command_reads_the_same_with_slash_and_without(text: str) -> None:
    assert said(text) == ask.Declare("Pump leaks")


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("Filler 2 jammed, line 1 down sev1", ask.Declare("Filler 2 jammed, line 1 down", Severity.SEV1)),
        ("Filler 2 jammed SEV-1", ask.Declare("Filler 2 jammed", Severity.SEV1)),
        ("SEV 3: Filler 2 jammed", ask.Declare("Filler 2 jammed", Severity.SEV3)),
        ("jam, sev2 on Filler 2", ask.Declare("jam,", Severity.SEV2, (Place("on", "Filler 2"),))),
        ("jam in Line 1 on Filler 2", ask.Declare("jam", None, (Place("in", "Line 1"), Place("on", "Filler 2")))),
        ("on fire", ask.Declare("", None, (Place("on", "fire"),))),
        ("went from sev3 to sev1", ask.Declare("went from sev3 to", Severity.SEV1)),
        ("seventeen bottles broke", ask.Declare("seventeen bottles broke")),
        ("jam\nsmoke from the motor\nsev1", ask.Declare("jam", Severity.SEV1, (), "smoke from the motor\nsev1")),
        ("", ask.Declare()),
        ("sev2", ask.Declare("", Severity.SEV2)),
        ("🔥 palo linjalla 🔥", ask.Declare("🔥 palo linjalla 🔥")),
        ("تعطل الآلة", ask.Declare("تعطل الآلة")),
        ("<b>jam</b> *now* & [x](y)", ask.Declare("<b>jam</b> *now* & [x](y)")),
        ("a\u00a0\u00a0b", ask.Declare("a b")),
        ("INC-12", ask.ShowTimeline("INC-12")),
    ],
)
def test_an_incident_is_read_with_severity_and_places(text: str, request_: object) -> None:
    assert said(f"/incident {text}") == request_


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("/ack", ask.Acknowledge()),
        ("/ack INC-4", ask.Acknowledge("INC-4")),
        ("/ack inc 004", ask.Acknowledge("INC-4")),
        ("/status investigating", ask.SetStatus(Status.INVESTIGATING)),
        ("/status under control: bypass in place", ask.SetStatus(Status.MITIGATED, "bypass in place")),
        ("/status Tutkitaan.", ask.SetStatus(Status.INVESTIGATING)),
        ("/status wird untersucht", ask.SetStatus(Status.INVESTIGATING)),
        ("/status INC-4 mitigated", ask.SetStatus(Status.MITIGATED, "", "INC-4")),
        ("/status mitigated line\nruns slowly", ask.SetStatus(Status.MITIGATED, "line\nruns slowly")),
        ("/sev 1", ask.SetSeverity(Severity.SEV1)),
        ("/sev2", ask.SetSeverity(Severity.SEV2)),
        ("/sev SEV-3 only one head", ask.SetSeverity(Severity.SEV3, "only one head")),
        ("/severity INC-9 sev1", ask.SetSeverity(Severity.SEV1, "", "INC-9")),
        ("/lead me", ask.NameLead(me=True)),
        ("/lead minä", ask.NameLead(me=True)),
        ("/lead", ask.NameLead()),
        ("/lead @mikko", ask.NameLead(Person("mikko"))),
        ("/comms Jonas Weber", ask.NameCommsLead(Person("Jonas Weber"))),
        ("/did swapped the infeed sensor", ask.LogAction("swapped the infeed sensor")),
        ("/note first\n\nsecond", ask.AddNote("first\n\nsecond")),
        ("/escalate", ask.CallForHelp()),
        ("/escalate electricians", ask.CallForHelp((), "electricians")),
        ("/resolve", ask.Resolve()),
        ("/close", ask.Close()),
        ("/amend INC-4", ask.Amend("INC-4")),
        ("/reopen it leaks again", ask.Reopen("it leaks again")),
        (
            "/followup check the cable @Mikko by 24.12.2026",
            ask.FollowUp("check the cable", Person("Mikko"), date(2026, 12, 24)),
        ),
        ("/followup grease it by next week", ask.FollowUp("grease it by next week")),
        ("/oncall Leipzig", ask.WhoIsOnCall("Leipzig")),
        ("/incidents", ask.ShowIncidents()),
        ("/timeline INC-4", ask.ShowTimeline("INC-4")),
        ("/help", ask.ShowHelp()),
        ("", ask.ShowHelp()),
    ],
)
def test_every_command_is_read(text: str, request_: object) -> None:
    assert said(text) == request_


def test_a_mentioned_person_is_known_by_the_platforms_id() -> None:
    assert said("/lead @Aino Virtanen", AINO) == ask.NameLead(Person("Aino Virtanen", "user-1"))
    assert said("/lead INC-4 to @Mikko please", MIKKO) == ask.NameLead(
        Person("Mikko Laine", "user-2"), incident="INC-4"
    )
    both = said("/escalate @Mikko @Aino Virtanen pump", AINO, MIKKO)
    assert both == ask.CallForHelp((Person("Mikko Laine", "user-2"), Person("Aino Virtanen", "user-1")), "pump")


@pytest.mark.parametrize(
    ("text", "reason", "nearest"),
    [
        ("/incdent jam", Reason.UNKNOWN_COMMAND, FORMS["incident"]),
        ("/stauts mitigated", Reason.UNKNOWN_COMMAND, FORMS["status"]),
        ("/qqqq", Reason.UNKNOWN_COMMAND, "/help"),
        ("status is bad", Reason.UNKNOWN_STATUS, "/status investigating"),
        ("/status mitigted", Reason.UNKNOWN_STATUS, "/status mitigated"),
        ("/status", Reason.UNKNOWN_STATUS, "/status investigating"),
        ("/sev", Reason.UNKNOWN_SEVERITY, FORMS["sev"]),
        ("/sev 9", Reason.UNKNOWN_SEVERITY, FORMS["sev"]),
        ("/sev high", Reason.UNKNOWN_SEVERITY, FORMS["sev"]),
        ("/incident Filler jammed sev9", Reason.UNKNOWN_SEVERITY, "/incident Filler jammed sev1"),
        ("/incident sev0", Reason.UNKNOWN_SEVERITY, "/incident <what> sev1"),
        ("/followup grease it by 2026-02-31", Reason.UNKNOWN_DATE, FORMS["followup"]),
        ("/note " + "x" * 8001, Reason.TOO_LONG, FORMS["note"]),
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
    assert (answer.reason, answer.said) == (Reason.SEVERAL_PEOPLE, "Mikko Laine, Aino Virtanen")


def test_five_thousand_characters_are_read_whole() -> None:
    assert said("/incident " + "jam " * 1250) == ask.Declare(("jam " * 1250).strip())


def test_what_no_store_can_hold_is_taken_out() -> None:
    assert said("/note a\x00b\ud800c") == ask.AddNote("ab\ufffdc")


pieces = st.sampled_from(
    [*COMMANDS, "/", " ", "  ", "\n", "\u00a0", "@", "INC-4", "inc 7:", "sev1", "SEV 9", "sev", "in", "on", "in Line 1",
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
    assert said("/note a" + " " * 7000 + "b" + "\u200b" * 50_000) == ask.AddNote("a" + " " * 7000 + "b")
