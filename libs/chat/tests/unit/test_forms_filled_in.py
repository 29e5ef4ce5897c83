"""A filled-in form does what the typed command does, or comes back saying what is wrong where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from haveri_chat.commands import BY_VERB, buttons
from haveri_chat.commands.base import Context
from haveri_chat.conversation import interpret, pressed, submitted
from haveri_chat.decisions import AnswerPrivately, Decision, OpenForm, SendCommand, Where
from haveri_chat.forms import Form
from haveri_chat.plant import Plant, Who
from haveri_chat.requests import Misunderstood
from haveri_contracts.escalation.models import Conditions, EscalationPolicy
from haveri_contracts.incident import commands
from haveri_contracts.incident.models import Incident
from haveri_contracts.plain import Severity, Status

Fill = Callable[..., Decision]
MakeForm = Callable[..., Form]


@pytest.fixture
def new_form(plant: Plant, named: Callable[[str], Who], new_id: Callable[[], UUID]) -> MakeForm:
    return lambda verb, about=None: BY_VERB[verb]().form(Context(named("Aino Virtanen"), plant, new_id, about=about))


@pytest.fixture
def fill(
    plant: Plant, named: Callable[[str], Who], new_id: Callable[[], UUID], make_incident: Callable[..., Incident]
) -> Fill:
    def submit(
        form: Form, values: dict[str, str], by: str = "Aino Virtanen", incident: Incident | None = None
    ) -> Decision:
        where = Where(addressed=incident or make_incident())
        return submitted(form.data, values, named(by), where, plant, new_id=new_id)

    return submit


def errors(result: Decision) -> dict[str, str]:
    assert isinstance(result, OpenForm), result
    return {field.id: field.error for field in result.form.fields if field.error}


def test_the_declare_form_declares(fill: Fill, new_form: MakeForm, known_id: Callable[[str], UUID]) -> None:
    values = {
        "what": "Filler 2\njammed",
        "severity": "SEV1",
        "asset": str(known_id("Filler 2")),
        "description": "smoke",
    }
    result = fill(new_form("incident"), values)
    assert isinstance(result, SendCommand)
    sent = result.command
    assert isinstance(sent, commands.DeclareIncident)
    assert (sent.title, sent.severity, sent.description) == ("Filler 2 jammed", Severity.SEV1, "smoke")
    assert (sent.facility_id, sent.area_id) == (known_id("Tampere Works"), known_id("T Line 1"))


def test_the_declare_form_says_what_is_missing_and_keeps_what_was_typed(fill: Fill, new_form: MakeForm) -> None:
    form = new_form("incident")
    result = fill(form, {"what": "x" * 201, "severity": "", "facility": "", "description": "smoke"})
    assert set(errors(result)) == {"what", "severity", "facility"}
    assert isinstance(result, OpenForm)
    assert result.form.data == form.data
    assert {field.id: field.value for field in result.form.fields}["description"] == "smoke"


def test_a_machine_of_another_plant_is_said_at_the_field(
    fill: Fill, new_form: MakeForm, known_id: Callable[[str], UUID]
) -> None:
    values = {
        "what": "jam",
        "severity": "SEV2",
        "facility": str(known_id("Tampere Works")),
        "asset": str(known_id("Press 7")),
    }
    assert errors(fill(new_form("incident"), values)) == {"asset": "That is not in Tampere Works."}


def test_the_resolve_form_gives_the_whole_summary(
    fill: Fill, new_form: MakeForm, make_incident: Callable[..., Incident]
) -> None:
    values = {
        "what_happened": "The filler jammed",
        "root_cause": "worn cable",
        "root_cause_category": "electrical",
        "resolution": "cable replaced",
        "resolution_type": "replaced",
        "duration_minutes": "45",
        "lines_affected": "1",
        "units_lost": "1 200",
        "cost": "1200,50",
    }
    result = fill(new_form("resolve", make_incident()), values)
    assert isinstance(result, SendCommand)
    assert isinstance(result.command, commands.ResolveIncident)
    summary = result.command.summary
    assert (summary.root_cause_category, summary.resolution_type) == ("electrical", "replaced")
    assert (summary.impact.units_lost, summary.impact.cost) == (1200, Decimal("1200.50"))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("what_happened", "  "),
        ("what_happened", "x" * 8001),
        ("duration_minutes", "-5"),
        ("duration_minutes", "soon"),
        ("units_lost", "1.5"),
        ("lines_affected", "99999"),
        ("cost", "1.234"),
        ("cost", "-1"),
    ],
)
def test_a_wrong_value_is_said_at_its_field(
    fill: Fill, new_form: MakeForm, make_incident: Callable[..., Incident], field: str, value: str
) -> None:
    values = {"what_happened": "jam", "duration_minutes": ""} | {field: value}
    assert set(errors(fill(new_form("resolve", make_incident()), values))) == {field}


def test_the_close_form_names_several_follow_ups(
    fill: Fill, new_form: MakeForm, make_incident: Callable[..., Incident], known_id: Callable[[str], UUID]
) -> None:
    values = {
        "follow_up_1_what": "order a cable",
        "follow_up_1_who": "user-jonas.weber",
        "follow_up_1_by": "2026-12-24",
        "follow_up_3_what": "train the night shift",
    }
    result = fill(new_form("close", make_incident(status=Status.RESOLVED)), values)
    assert isinstance(result, SendCommand)
    assert isinstance(result.command, commands.CloseIncident)
    first, second = result.command.follow_ups
    assert (first.assigned_to, first.due_date) == (known_id("Jonas Weber"), date(2026, 12, 24))
    assert (second.description, second.assigned_to) == ("train the night shift", None)
    assert first.id != second.id


def test_a_follow_up_needs_to_say_what(fill: Fill, new_form: MakeForm, make_incident: Callable[..., Incident]) -> None:
    result = fill(new_form("close", make_incident()), {"follow_up_2_by": "2026-12-24", "follow_up_1_by": "24.13.2026"})
    assert set(errors(result)) == {"follow_up_1_what", "follow_up_1_by", "follow_up_2_what"} - {"follow_up_1_what"}


def test_a_member_of_another_organisation_cannot_be_chosen(
    fill: Fill, new_form: MakeForm, make_incident: Callable[..., Incident]
) -> None:
    result = fill(new_form("lead", make_incident()), {"member": str(UUID(int=99))})
    assert set(errors(result)) == {"member"}


def test_a_viewer_and_a_stale_form_change_nothing(
    fill: Fill, new_form: MakeForm, make_incident: Callable[..., Incident]
) -> None:
    form = new_form("note", make_incident())
    assert isinstance(fill(form, {"note_text": "x"}, by="Ville Visitor"), AnswerPrivately)
    stale = Form("gone", "", (), "", {"verb": "gone", "incident": "x"})
    assert isinstance(fill(stale, {}), AnswerPrivately)


def test_a_form_about_an_incident_that_is_not_there_is_answered(
    plant: Plant,
    named: Callable[[str], Who],
    new_id: Callable[[], UUID],
    new_form: MakeForm,
    make_incident: Callable[..., Incident],
) -> None:
    form = new_form("note", make_incident())
    result = submitted(form.data, {"note_text": "x"}, named("Aino Virtanen"), Where(), plant, new_id=new_id)
    assert isinstance(result, AnswerPrivately)


@pytest.mark.parametrize("status", list(Status))
def test_every_button_does_something_that_makes_sense_now(
    status: Status,
    plant: Plant,
    named: Callable[[str], Who],
    new_id: Callable[[], UUID],
    make_incident: Callable[..., Incident],
) -> None:
    incident = make_incident(status=status)
    for button in buttons(incident, "en"):
        request = pressed(button.data)
        assert not isinstance(request, Misunderstood)
        decision = interpret(request, named("Mikko Salo"), Where(addressed=incident), plant, new_id=new_id)
        assert isinstance(decision, OpenForm if button.opens_form else SendCommand), button


def test_a_button_nobody_knows_any_more_is_answered() -> None:
    for data in (
        {},
        {"verb": "dance"},
        {"verb": "ack"},
        {"verb": "ack", "incident": "x"},
        {"verb": "sev", "incident": str(UUID(int=1)), "value": "9"},
    ):
        assert isinstance(pressed(data), Misunderstood)


def test_a_policy_of_the_incidents_plant_can_be_chosen_alone(
    plant: Plant, named: Callable[[str], Who], new_id: Callable[[], UUID], make_incident: Callable[..., Incident]
) -> None:
    incident = make_incident()
    policy = EscalationPolicy(
        id=UUID(int=3),
        name="Night electricians",
        facility_id=incident.facility_id,
        conditions=Conditions(severity=[Severity.SEV1]),
        steps=[],
    )
    there, who = replace(plant, policies=(policy,)), named("Aino Virtanen")
    form = BY_VERB["escalate"]().form(Context(who, there, new_id, about=incident))

    def send(values: dict[str, str]) -> Decision:
        return submitted(form.data, values, who, Where(addressed=incident), there, new_id=new_id)

    chosen = {"policy_to_call": str(policy.id)}
    result = send(chosen)
    assert isinstance(result, SendCommand)
    assert isinstance(result.command, commands.Escalate)
    assert result.command.policy_id == policy.id
    assert set(errors(send({**chosen, "team_to_call": str(next(iter(plant.teams)))}))) == {"policy_to_call"}
    assert set(errors(send({"policy_to_call": str(UUID(int=4))}))) == {"policy_to_call"}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), which=st.sampled_from(["incident", "lead", "did", "escalate", "resolve", "close", "reopen"]))
def test_no_values_at_all_make_a_submission_fail(
    fill: Fill, new_form: MakeForm, make_incident: Callable[..., Incident], data: st.DataObject, which: str
) -> None:
    incident = make_incident()
    form = new_form(which, incident)
    good = {field.id: [choice.value for choice in field.choices] or ["2026-12-24", "7"] for field in form.fields}
    values = {
        field.id: data.draw(st.one_of(st.text(max_size=20), st.sampled_from(good[field.id]))) for field in form.fields
    }
    assert fill(form, values, incident=incident) is not None
