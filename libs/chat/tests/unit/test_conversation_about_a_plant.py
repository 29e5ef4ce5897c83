"""What Haveri does about what people say, at a plant with two sites."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from haveri_chat.conversation import interpret
from haveri_chat.decisions import (
    AnswerPrivately,
    Decision,
    OpenForm,
    QueryIncidents,
    QueryOnCall,
    QueryTimeline,
    SendCommand,
    Where,
)
from haveri_chat.forms import Form
from haveri_chat.grammar import parse
from haveri_chat.plant import Plant, Who
from haveri_chat.requests import Mention, Misunderstood, Utterance
from haveri_contracts.incident import commands
from haveri_contracts.incident.models import Incident
from haveri_contracts.plain import EntryType, Severity, Status

T = TypeVar("T")
Says = Callable[..., Decision]


@pytest.fixture
def says(plant: Plant, named: Callable[[str], Who], new_id: Callable[[], UUID]) -> Says:
    """What comes of a text: `says(text, by=…, here=incident, known=incident that is named by number)`."""

    def say(
        text: str, by: str = "Aino Virtanen", here: Incident | None = None, known: Incident | None = None, **more: Any
    ) -> Decision:
        request = parse(Utterance(text, more.pop("mentions", ())))
        return interpret(request, named(by), Where(here, known), plant, new_id=new_id, **more)

    return say


def command(decision: Decision, kind: type[T]) -> T:
    assert isinstance(decision, SendCommand), decision
    assert isinstance(decision.command, kind)
    return decision.command


def form(decision: Decision) -> Form:
    assert isinstance(decision, OpenForm), decision
    return decision.form


def answer(decision: Decision) -> str:
    assert isinstance(decision, AnswerPrivately), decision
    assert isinstance(decision.content, str)
    return decision.content


def test_an_incident_is_declared_at_the_machine_its_title_names(says: Says, known_id: Callable[[str], UUID]) -> None:
    declared = command(says("/incident Filler 2 jammed, line 1 down sev1"), commands.DeclareIncident)
    assert declared.title == "Filler 2 jammed, line 1 down"
    assert declared.severity is Severity.SEV1
    assert declared.facility_id == known_id("Tampere Works")
    assert (declared.area_id, declared.asset_ids) == (known_id("T Line 1"), [known_id("Filler 2")])


def test_without_a_severity_it_is_sev2(says: Says) -> None:
    assert command(says("/incident water on the floor"), commands.DeclareIncident).severity is Severity.SEV2


def test_line_1_is_that_of_the_plant_where_one_works(says: Says, known_id: Callable[[str], UUID]) -> None:
    at_tampere = command(says("/incident stopped in line 1"), commands.DeclareIncident)
    at_leipzig = command(says("/incident steht in line 1", by="Jonas Weber"), commands.DeclareIncident)
    assert (at_tampere.area_id, at_leipzig.area_id) == (known_id("T Line 1"), known_id("L Line 1"))
    assert at_tampere.title == "stopped"


def test_a_machine_elsewhere_puts_the_incident_there(says: Says, known_id: Callable[[str], UUID]) -> None:
    declared = command(says("/incident oil leak on press 7"), commands.DeclareIncident)
    assert (declared.facility_id, declared.area_id) == (known_id("Leipzig Works"), known_id("Press Hall"))
    assert declared.title == "oil leak"


def test_a_machine_is_found_without_its_accents(says: Says, known_id: Callable[[str], UUID]) -> None:
    assert command(says("/incident jumissa on tayttokone"), commands.DeclareIncident).asset_ids == [
        known_id("Täyttökone")
    ]


def test_filler_1_is_not_found_in_filler_12(says: Says) -> None:
    assert command(says("/incident Filler 12 jammed"), commands.DeclareIncident).asset_ids == []


def test_an_unknown_machine_is_told_and_the_incident_declared_all_the_same(says: Says) -> None:
    decision = says("/incident jam on Filer 2")
    assert command(decision, commands.DeclareIncident).title == "jam on Filer 2"
    assert isinstance(decision, SendCommand)
    assert "no machine called Filer 2" in decision.then
    assert "Filler 2" in decision.then.replace("Filer 2", "")


def test_the_finnish_verb_on_is_no_machine(says: Says) -> None:
    decision = says("/incident linja on rikki", by="Mikko Laine")
    assert command(decision, commands.DeclareIncident).title == "linja on rikki"
    assert isinstance(decision, SendCommand)
    assert decision.then == ""
    told = says("/incident jumissa on Kone 99", by="Mikko Laine")
    assert isinstance(told, SendCommand)
    assert "En tunne konetta nimeltä Kone 99." in told.then


def test_a_single_letter_names_nothing(says: Says) -> None:
    assert command(says("/incident stuck in p"), commands.DeclareIncident).area_id is None


def test_words_after_on_and_in_that_name_nothing_stay_in_the_title(says: Says, known_id: Callable[[str], UUID]) -> None:
    declared = command(says("/incident pump on fire in Line 2"), commands.DeclareIncident)
    assert (declared.title, declared.area_id) == ("pump on fire", known_id("T Line 2"))
    assert command(says("/incident on fire"), commands.DeclareIncident).title == "on fire"


def test_a_title_of_five_thousand_characters_loses_nothing(says: Says) -> None:
    declared = command(says("/incident " + "jam " * 1250), commands.DeclareIncident)
    assert len(declared.title) <= 200
    assert declared.title.endswith("…")
    assert declared.description == ("jam " * 1250).strip()


def test_lines_below_the_first_are_the_description(says: Says) -> None:
    declared = command(says("/incident jam\nsmoke from <b>motor</b>\n🔥"), commands.DeclareIncident)
    assert (declared.title, declared.description) == ("jam", "smoke from <b>motor</b>\n🔥")


def test_incident_alone_opens_the_form(says: Says) -> None:
    assert form(says("/incident")).id == "incident"
    half = form(says("/incident sev1 on Filler 2"))
    values = {field.id: field.value for field in half.fields}
    assert values["severity"] == "SEV1"
    assert values["asset"]


def test_somebody_without_a_team_is_asked_where(
    plant: Plant, named: Callable[[str], Who], new_id: Callable[[], UUID]
) -> None:
    nowhere = Who(named("Aino Virtanen").member.model_copy(update={"team_ids": []}))
    decision = interpret(parse(Utterance("/incident jam")), nowhere, Where(), plant, new_id=new_id)
    assert {field.id: field.value for field in form(decision).fields}["what"] == "jam"


def test_the_only_plant_needs_no_question(
    plant: Plant, named: Callable[[str], Who], new_id: Callable[[], UUID]
) -> None:
    nowhere = Who(named("Aino Virtanen").member.model_copy(update={"team_ids": []}))
    (id, facility), *_ = plant.facilities.items()
    small = Plant(plant.organization, facilities={id: facility}, members=plant.members)
    decision = interpret(parse(Utterance("/incident jam")), nowhere, Where(), small, new_id=new_id)
    assert command(decision, commands.DeclareIncident).facility_id == id


def test_an_unknown_severity_changes_nothing(says: Says) -> None:
    assert "sev9" in answer(says("/incident jam sev9"))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("/ack", commands.Acknowledge),
        ("/status mitigated", commands.UpdateStatus),
        ("/sev 2", commands.ChangeSeverity),
        ("/lead me", commands.AssignLead),
        ("/comms jonas", commands.AssignCommsLead),
        ("/did swapped the sensor", commands.AddEvent),
        ("/note it smelled burnt", commands.AddEvent),
        ("/escalate", commands.Escalate),
    ],
)
def test_a_command_about_the_channels_incident_is_sent(
    says: Says, make_incident: Callable[..., Incident], text: str, kind: type[commands.IncidentCommand]
) -> None:
    here = make_incident()
    assert command(says(text, here=here), kind).incident_id == here.id


def test_did_is_an_action_and_note_an_annotation(says: Says, make_incident: Callable[..., Incident]) -> None:
    here = make_incident()
    assert command(says("/did it", here=here), commands.AddEvent).type is EntryType.ACTION_TAKEN
    assert command(says("/note it", here=here), commands.AddEvent).type is EntryType.ANNOTATION


def test_outside_a_channel_one_is_told_to_name_the_incident(says: Says) -> None:
    assert "/status INC-4 mitigated" in answer(says("/ack"))


def test_outside_its_channel_an_incident_is_named_by_number(says: Says, make_incident: Callable[..., Incident]) -> None:
    four = make_incident()
    assert command(says("/status INC-4 mitigated", known=four), commands.UpdateStatus).incident_id == four.id
    assert "no such incident" in answer(says("/status INC-5 mitigated"))


def test_a_note_that_begins_with_another_number_stays_in_this_channel(
    says: Says, make_incident: Callable[..., Incident]
) -> None:
    here, other = make_incident(), make_incident(id=UUID(int=3), number="INC-3")
    noted = command(says("/note INC-3 had the same cause", here=here, known=other), commands.AddEvent)
    assert (noted.incident_id, noted.text) == (here.id, "INC-3 had the same cause")
    assert command(says("/ack INC-3", here=here, known=other), commands.Acknowledge).incident_id == other.id
    assert command(says("/note INC-4 ok", here=here, known=here), commands.AddEvent).text == "ok"


@pytest.mark.parametrize(
    ("who", "found"), [("aino", "Aino Virtanen"), ("Weber", "Jonas Weber"), ("mikko l", "Mikko Laine")]
)
def test_a_lead_is_found_by_a_part_of_the_name(
    says: Says, make_incident: Callable[..., Incident], known_id: Callable[[str], UUID], who: str, found: str
) -> None:
    assert command(says(f"/lead {who}", here=make_incident()), commands.AssignLead).member_id == known_id(found)


def test_who_is_meant_is_never_guessed(says: Says, make_incident: Callable[..., Incident]) -> None:
    here = make_incident()
    both = answer(says("/lead mikko", here=here))
    assert "Mikko Laine" in both
    assert "Mikko Salo" in both
    assert "Aino Virtanen" in answer(says("/lead Aina Virtane", here=here))
    assert answer(says("/lead Zaphod", here=here)) == "I know nobody called Zaphod."


def test_a_mentioned_member_leads_and_a_mentioned_stranger_does_not(
    says: Says, make_incident: Callable[..., Incident], known_id: Callable[[str], UUID]
) -> None:
    here = make_incident()
    mikko = Mention("@Mikko", "user-mikko.laine", "Mikko Laine")
    guest = Mention("@Aino", "user-unknown", "Aino")
    led = command(says("/lead @Mikko", here=here, mentions=(mikko,)), commands.AssignLead)
    assert led.member_id == known_id("Mikko Laine")
    assert "nobody called Aino" in answer(says("/lead @Aino", here=here, mentions=(guest,)))


@pytest.mark.parametrize("text", ["/lead", "/comms", "/did", "/note", "/resolve", "/status fixed"])
def test_where_more_is_asked_a_form_opens(says: Says, make_incident: Callable[..., Incident], text: str) -> None:
    here = make_incident()
    assert form(says(text, here=here)).data["incident"] == str(here.id)


def test_the_resolve_form_knows_what_was_said_and_how_long_it_took(
    says: Says, make_incident: Callable[..., Incident]
) -> None:
    now = datetime(2026, 11, 21, 1, 55, tzinfo=UTC)
    opened = form(says("/resolve sensor cable worn", here=make_incident(), now=now))
    values = {field.id: field.value for field in opened.fields}
    assert (values["what_happened"], values["duration_minutes"]) == ("sensor cable worn", "45")


@pytest.mark.parametrize(
    ("status", "text", "said"),
    [
        (Status.RESOLVED, "/resolve", "resolved"),
        (Status.CLOSED, "/resolve", "closed"),
        (Status.INVESTIGATING, "/close", "not resolved yet"),
        (Status.CLOSED, "/close", "closed"),
        (Status.DECLARED, "/reopen it is back", "still open"),
        (Status.DECLARED, "/amend", "not resolved yet"),
        (Status.RESOLVED, "/escalate", "resolved"),
    ],
)
def test_no_form_opens_for_what_would_be_refused(
    says: Says, make_incident: Callable[..., Incident], status: Status, text: str, said: str
) -> None:
    assert said in answer(says(text, here=make_incident(status=status)))


def test_a_resolved_incident_is_closed_and_reopened(says: Says, make_incident: Callable[..., Incident]) -> None:
    over = make_incident(status=Status.RESOLVED)
    assert form(says("/close", here=over)).id == "close"
    assert form(says("/reopen", here=over)).id == "reopen"
    assert command(says("/reopen leaks again", here=over), commands.ReopenIncident).reason == "leaks again"


def test_a_follow_up_is_kept_until_the_close_form_asks_for_it(
    says: Says, make_incident: Callable[..., Incident], known_id: Callable[[str], UUID]
) -> None:
    text = "/followup order a spare cable @Jonas by 2026-12-24"
    kept = command(says(text, here=make_incident()), commands.AddEvent)
    assert kept.text == "Follow-up to name at close: order a spare cable, Jonas Weber, 24/12/2026"
    opened = form(says(text, here=make_incident(status=Status.RESOLVED)))
    values = [field.value for field in opened.fields[:3]]
    assert values == ["order a spare cable", str(known_id("Jonas Weber")), "2026-12-24"]


def test_more_people_are_called_by_name_or_team(
    says: Says, make_incident: Callable[..., Incident], known_id: Callable[[str], UUID]
) -> None:
    here = make_incident()
    assert command(says("/escalate forming", here=here), commands.Escalate).team_ids == [known_id("Forming")]
    assert command(says("/escalate salo", here=here), commands.Escalate).member_ids == [known_id("Mikko Salo")]
    assert "no policy, team or person called plumbers" in answer(says("/escalate plumbers", here=here))


def test_a_viewer_reads_and_changes_nothing(says: Says, make_incident: Callable[..., Incident]) -> None:
    here = make_incident()
    for text in ("/incident jam", "/incident", "/ack", "/resolve", "/note hello", "/lead me"):
        assert "may read" in answer(says(text, by="Ville Visitor", here=here))
    assert isinstance(says("/timeline", by="Ville Visitor", here=here), QueryTimeline)
    assert isinstance(says("/incidents", by="Ville Visitor"), QueryIncidents)


def test_answers_are_in_the_members_language(says: Says) -> None:
    assert answer(says("/ack", by="Mikko Laine")).startswith("Mikä häiriö?")
    assert answer(says("/ack", by="Jonas Weber")).startswith("Welche Störung?")
    assert "Nichts wurde geändert" in answer(says("/blah", by="Jonas Weber"))


def test_on_call_asks_for_ones_own_plant_or_the_one_named(says: Says, known_id: Callable[[str], UUID]) -> None:
    assert says("/oncall") == QueryOnCall((known_id("Tampere Works"),))
    assert says("/oncall leipzig") == QueryOnCall((known_id("Leipzig Works"),))
    assert "Tampere Works" in answer(says("/oncall Turku"))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.one_of(
        st.text(max_size=40),
        st.builds(
            "/{} {}".format,
            st.sampled_from(["incident", "lead", "note", "escalate", "followup", "status", "resolve", "reopen"]),
            st.text(max_size=300),
        ),
    ),
    status=st.sampled_from([None, *Status]),
)
def test_whatever_is_typed_there_is_a_decision(
    says: Says, make_incident: Callable[..., Incident], text: str, status: Status | None
) -> None:
    here = make_incident(status=status) if status else None
    assert says(text, here=here) is not None
    assert isinstance(parse(Utterance(text)), Misunderstood) <= isinstance(says(text, here=here), AnswerPrivately)
