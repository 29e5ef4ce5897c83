"""Policies read back as sentences, simulations too, and forms give back what was typed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import FormData
from web_plant import Plants, TenantPlant, demo

from haveri_contracts.directory.contacts import Via
from haveri_contracts.directory.models import Locale, Shift, ShiftInfo, Team, Weekday
from haveri_contracts.escalation.models import (
    Conditions,
    EscalationPolicy,
    FacilitySettings,
    LastResort,
    MitigationClock,
    Notify,
    Repeat,
    SimulatedCall,
    Simulation,
    Step,
    TimeOfDay,
)
from haveri_contracts.escalation.queries import Simulate
from haveri_contracts.escalation.reasons import Reason, ReasonCode
from haveri_contracts.plain import Severity
from haveri_directory_copy.directory import Directory
from haveri_web.domain.refusals import InvalidRequest
from haveri_web.policies.forms import PolicyForm
from haveri_web.policies.simulation_views import Simulating
from haveri_web.policies.words import PolicyWords
from haveri_web.texts import CATALOGUE, translator

_SPACE = UUID(int=3)
PRESSES = UUID(int=7)


class Plant:
    """A plant whose ids are the same in every run."""

    def __init__(self) -> None:
        numbers = iter(range(1000))
        self.tenant: TenantPlant = demo(Plants(), "demo", lambda: uuid5(_SPACE, str(next(numbers))))
        things = self.tenant.things
        self.directory = Directory(
            self.tenant.organization,
            things["facility"],
            things["area"],
            things["asset"],
            things["team"],
            things["member"],
        )
        self.facility, self.area = next(iter(things["facility"])), next(iter(things["area"]))
        self.crew = next(iter(things["team"]))

    def member(self, name: str) -> UUID:
        """The id of the member of that name."""
        return self.tenant.member(name).id

    def words(self, locale: Locale = "en", last_resort: Notify | None = None) -> PolicyWords:
        """The words of a language."""
        settings = FacilitySettings(facility_id=self.facility, last_resort=last_resort)
        return PolicyWords(self.directory, translator(locale), {self.facility: settings})

    def policy(self, **values: Any) -> EscalationPolicy:
        """The policy of the presses at night, with some fields of one's own."""
        usual: dict[str, Any] = {
            "name": "Line 1 at night",
            "conditions": Conditions(
                severity=[Severity.SEV2], area_ids=[self.area], time_of_day=[TimeOfDay(start="22:00", end="06:00")]
            ),
            "steps": [
                Step(notify=Notify(team_ids=[self.crew])),
                Step(notify=Notify(shift_roles=["supervisor"]), after_minutes=15),
            ],
            "repeat": Repeat(times=2, every_minutes=30),
        }
        return EscalationPolicy(id=PRESSES, facility_id=self.facility, **{**usual, **values})


@pytest.fixture(scope="module")
def plant() -> Plant:
    """The plant."""
    return Plant()


def test_a_policy_reads_back_as_a_sentence(plant: Plant) -> None:
    assert plant.words().policy(plant.policy()) == (
        "SEV2 at Line 1, at night (22:00–06:00): Filling crew at once; "
        "the lead of the shift after 15 minutes if nobody has answered; again every 30 minutes, twice. "
        "Last resort: the administrators."
    )


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        (
            "fi",
            "SEV2 (Line 1), yöllä (22:00–06:00): Filling crew heti; vuoron vetäjä 15 minuutin kuluttua, "
            "jos kukaan ei ole vastannut; uudelleen 30 minuutin välein, kahdesti. Viimeinen keino: ylläpitäjät.",
        ),
        (
            "de",
            "SEV2 bei Line 1, nachts (22:00–06:00): Filling crew sofort; die Schichtleitung nach 15 Minuten, "
            "wenn niemand geantwortet hat; erneut alle 30 Minuten, zweimal. Letzter Ausweg: die Administration.",
        ),
    ],
)
def test_the_sentence_is_said_in_the_readers_language(plant: Plant, locale: Locale, said: str) -> None:
    assert plant.words(locale).policy(plant.policy()) == said


def test_crews_that_take_turns_are_not_said_to_be_called_all_together() -> None:
    plant = Plant()
    night = ShiftInfo(shifts=[Shift(name="Night", start="22:00", end="06:00")])
    crews = [Team(id=UUID(int=n), name=f"Crew {n}", facility_id=plant.facility, shift_info=night) for n in (1, 2)]
    for crew in crews:
        plant.directory.teams[crew.id] = crew
    policy = plant.policy(steps=[Step(notify=Notify(team_ids=[crew.id for crew in crews]))])
    assert "whoever of Crew 1 and Crew 2 is on shift at once" in plant.words().policy(policy)


def test_everything_that_a_policy_does_is_in_its_sentence(plant: Plant) -> None:
    timo = plant.member("Timo Nieminen")
    policy = plant.policy(
        conditions=Conditions(severity=list(Severity), asset_types=["filler"]),
        steps=[
            Step(notify=Notify(team_ids=[plant.crew], round_robin=True), after_minutes=0.5),
            Step(
                notify=Notify(member_ids=[timo], shift_roles=["on_shift"]),
                after_minutes=120,
                only_if_unacknowledged=False,
            ),
        ],
        repeat=None,
        acknowledgement_expires_minutes=45,
        mitigation=MitigationClock(within_minutes=90),
        last_resort=LastResort(notify=Notify(member_ids=[timo])),
    )
    said = plant.words().policy(policy)
    for part in (
        "Any severity, filler only: ",
        "one of Filling crew in turn after 30 seconds",
        "everybody on shift and Timo Nieminen after 2 hours, even when somebody has it",
        "does nothing for 45 minutes, it begins anew",
        "Not mitigated 90 minutes after it was taken: Timo Nieminen.",
        "Last resort: Timo Nieminen.",
    ):
        assert part in said, part
    assert "again" not in said


def test_the_last_resort_is_the_facilitys_own_the_policys_or_nobody(plant: Plant) -> None:
    mikko = Notify(member_ids=[plant.member("Mikko Laine")])
    assert plant.words(last_resort=mikko).policy(plant.policy()).endswith("Last resort: Mikko Laine.")
    assert plant.words().policy(plant.policy(last_resort=None)).endswith("There is no last resort.")


def test_whoever_left_is_said_to_have_left(plant: Plant) -> None:
    policy = plant.policy(steps=[Step(notify=Notify(member_ids=[UUID(int=99)]))])
    assert "somebody who left at once" in plant.words().policy(policy)


@pytest.mark.parametrize(
    ("time", "said"),
    [
        (TimeOfDay(start="06:00", end="14:00"), "06:00–14:00"),
        (TimeOfDay(days=[Weekday.FRI, Weekday.MON], start="22:00", end="06:00"), "Mon, Fri at night (22:00–06:00)"),
        (TimeOfDay(days=list(Weekday)[:5]), "Mon–Fri"),
        (TimeOfDay(), "all day"),
        (TimeOfDay(shift="Night"), "during the shift Night"),
        (TimeOfDay(holidays="only"), "on holidays"),
        (TimeOfDay(start="08:00", end="16:00", holidays="never"), "08:00–16:00 not on holidays"),
    ],
)
def test_times_are_said_as_people_say_them(plant: Plant, time: TimeOfDay, said: str) -> None:
    assert plant.words().stretch(time) == said


AT = datetime(2026, 11, 28, 1, 10, tzinfo=UTC)


def _simulated(plant: Plant, found: Simulation, locale: Locale = "en") -> Any:
    question = Simulate(severity=Severity.SEV2, facility_id=plant.facility, area_id=plant.area, at=AT)
    return Simulating(plant.directory, translator(locale), plant.words(locale), question).view(found)


def _calls(plant: Plant, begin: datetime = AT) -> list[SimulatedCall]:
    sanna, timo, mikko = (plant.member(name) for name in ("Sanna Virtanen", "Timo Nieminen", "Mikko Laine"))
    crew = {str(sanna): "Filling crew, Night", str(timo): "Filling crew, Night"}
    return [
        SimulatedCall(step=1, at=begin, member_ids=[sanna, timo], via=[Via.CHAT, Via.SMS], because=crew),
        SimulatedCall(
            step=2,
            at=begin + timedelta(minutes=15),
            member_ids=[mikko],
            via=[Via.CHAT],
            because={str(mikko): "the lead of Night"},
            held_until={str(mikko): begin + timedelta(hours=4)},
        ),
        SimulatedCall(step=1, round=2, at=begin + timedelta(minutes=30), member_ids=[sanna], via=[Via.CHAT]),
        SimulatedCall(
            step=0,
            round=2,
            at=begin + timedelta(minutes=60),
            member_ids=[mikko],
            via=[Via.CHAT],
            because_of={str(mikko): Reason.of(ReasonCode.BY_NAME)},
        ),
    ]


def test_a_simulation_says_in_one_sentence_who_is_called_when(plant: Plant) -> None:
    view = _simulated(plant, Simulation(policy_id=PRESSES, policy_name="x", why="", calls=_calls(plant)))
    assert view.sentence == (
        "On Saturday at 03:10, SEV2 on Line 1: Filling crew, Night (Sanna Virtanen, Timo Nieminen) at once, "
        "the lead of Night (Mikko Laine) after 15 minutes if nobody has answered, "
        "Mikko Laine as the last resort after 60 minutes."
    )
    assert [(call.step, call.after) for call in view.calls] == [
        ("Step 1", ""),
        ("Step 2", "+15 min"),
        ("Step 1, round 2", "+30 min"),
        ("Last resort", "+60 min"),
    ]
    assert [person.via for person in view.calls[0].people] == ["chat", "SMS"]
    assert view.calls[1].people[0].held_until == "held until 28/11/2026 07:10"


def test_a_maintenance_window_is_said_first_and_what_comes_after_it(plant: Plant) -> None:
    ends = AT + timedelta(hours=30)
    found = Simulation(policy_id=PRESSES, why="", calls=_calls(plant, ends)[:1], silenced_until=ends)
    view = _simulated(plant, found)
    assert "nobody until 29/11/2026 09:10 because of a maintenance window; then Filling crew" in view.sentence
    assert view.calls[0].style == "day_clock", "a time on another day says its day"


def test_when_nobody_is_called_that_is_said(plant: Plant) -> None:
    found = Simulation(policy_id=None, why="No policy fits.", calls=[])
    assert _simulated(plant, found).sentence == "On Saturday at 03:10, SEV2 on Line 1: nobody is called."
    assert _simulated(plant, found, "fi").sentence.startswith("Lauantaina klo 3.10, SEV2 (Line 1): ")


def _fields(form: PolicyForm) -> FormData:
    """What a browser sends for this form."""
    pairs: list[tuple[str, str]] = [("name", form.name), ("version", str(form.version)), ("priority", form.priority)]
    pairs += [("is_default", "1")] * form.is_default
    for name, values in (
        ("conditions.severity", form.severity),
        ("conditions.area_ids", form.area_ids),
        ("conditions.asset_types", form.asset_types),
    ):
        pairs += [(name, value) for value in values]
    pairs += [("times", str(len(form.times))), ("steps", str(len(form.steps)))]
    for row, time in enumerate(form.times):
        name = f"conditions.time_of_day.{row}"
        pairs += [(f"{name}.days", day) for day in time.days]
        pairs += [(f"{name}.from", time.start), (f"{name}.to", time.end), (f"{name}.shift", time.shift)]
        pairs.append((f"{name}.holidays", time.holidays))
    for row, step in enumerate(form.steps):
        pairs.append((f"steps.{row}.after_minutes", step.after_minutes))
        pairs += [(f"steps.{row}.only_if_unacknowledged", "1")] * step.only_if_unacknowledged
        pairs += _picks(f"steps.{row}.notify", step.notify)
    pairs += [("repeat.times", form.again), ("repeat.every_minutes", form.every_minutes)]
    pairs += [("acknowledgement_expires_minutes", form.expires), ("mitigation.within_minutes", form.within)]
    pairs += [("last_resort", form.last_resort), ("last_resort.after_minutes", form.last_after)]
    pairs += [*_picks("mitigation.notify", form.mitigation), *_picks("last_resort.notify", form.last)]
    return FormData(pairs)


def _picks(name: str, picks: Any) -> list[tuple[str, str]]:
    return [
        *((f"{name}.member_ids", value) for value in picks.member_ids),
        *((f"{name}.team_ids", value) for value in picks.team_ids),
        *((f"{name}.shift_roles", value) for value in picks.shift_roles),
        *([(f"{name}.round_robin", "1")] * picks.round_robin),
    ]


_MINUTES = st.one_of(st.integers(0, 3000), st.integers(0, 6000).map(lambda halves: halves / 2))
_UUIDS = st.lists(st.integers(1, 9).map(lambda number: UUID(int=number)), max_size=3, unique=True)
_CLOCK = st.times().map(lambda time: time.strftime("%H:%M"))
_NOTIFY = st.builds(
    Notify,
    member_ids=_UUIDS,
    team_ids=_UUIDS,
    shift_roles=st.lists(st.sampled_from(["lead", "on_shift", "electrician"]), max_size=2, unique=True),
    round_robin=st.booleans(),
)
_SOMEBODY = _NOTIFY.filter(lambda it: bool(it.member_ids or it.team_ids or it.shift_roles))
_TIME = st.builds(
    TimeOfDay,
    days=st.lists(st.sampled_from(Weekday), min_size=1, unique=True),
    start=st.none() | _CLOCK,
    end=st.none() | _CLOCK,
    shift=st.none() | st.just("Night"),
    holidays=st.sampled_from(["any", "only", "never"]),
)
_POLICY = st.builds(
    EscalationPolicy,
    id=st.just(PRESSES),
    facility_id=st.just(UUID(int=1)),
    name=st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1, max_size=30),
    priority=st.integers(-100, 100),
    is_default=st.booleans(),
    version=st.integers(1, 1000),
    conditions=st.builds(
        Conditions,
        severity=st.lists(st.sampled_from(Severity), min_size=1, max_size=3, unique=True),
        area_ids=_UUIDS,
        asset_types=st.lists(st.sampled_from(["filler", "press"]), unique=True),
        time_of_day=st.lists(_TIME, max_size=2),
    ),
    steps=st.lists(
        st.builds(Step, notify=_NOTIFY, after_minutes=_MINUTES, only_if_unacknowledged=st.booleans()), max_size=3
    ),
    repeat=st.none() | st.builds(Repeat, times=st.integers(1, 10), every_minutes=_MINUTES),
    acknowledgement_expires_minutes=st.none() | _MINUTES,
    mitigation=st.none() | st.builds(MitigationClock, within_minutes=_MINUTES, notify=st.none() | _SOMEBODY),
    last_resort=st.none() | st.builds(LastResort, notify=st.none() | _SOMEBODY, after_minutes=_MINUTES),
)


@given(_POLICY)
def test_a_form_that_is_sent_unchanged_changes_nothing(policy: EscalationPolicy) -> None:
    form = PolicyForm.of(policy)
    sent = PolicyForm.read(_fields(form), str(policy.id), str(policy.facility_id))
    assert sent.policy() == policy


@given(_POLICY)
def test_every_policy_can_be_said(plant: Plant, policy: EscalationPolicy) -> None:
    for locale in CATALOGUE.languages:
        said = plant.words(locale).policy(policy)
        assert said and "{" not in said and "policy." not in said


@given(st.dictionaries(st.text(max_size=30), st.text(max_size=20), max_size=8), st.text(max_size=20))
def test_whatever_is_sent_becomes_a_form_or_a_refusal(fields: dict[str, str], order: str) -> None:
    names = {**fields, "times": fields.get("times", "2"), "steps": "1", "last_resort": "own"}
    form = PolicyForm.read(FormData(names), str(PRESSES), str(UUID(int=1)))
    form.change(order)
    with pytest.raises(InvalidRequest):
        form.policy()


def test_a_new_step_is_a_quarter_of_an_hour_after_the_last() -> None:
    form = PolicyForm(id=str(PRESSES), facility_id=str(UUID(int=1)))
    for order in ("add-step", "add-step", "remove-step:1", "add-step", "remove-step:9", "remove-step:-1", "add-time"):
        form.change(order)
    assert [step.after_minutes for step in form.steps] == ["0", "30", "45"]
    assert len(form.times) == 1
