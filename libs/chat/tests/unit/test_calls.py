"""A member is called: a card that says what, where, since when and why them; sent once, whatever dies."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from memory_platform import Death, Fate, Fates, MemoryPlatform, MemoryStore

from haveri_chat.calls.call_card import call_card, ended_card, ending_of, why
from haveri_chat.calls.caller import Caller
from haveri_chat.calls.reasons import in_words
from haveri_chat.calls.values import ChatCall, Ending, EndKind, Notice, Shows
from haveri_chat.cards import Button, Card, ChannelLink, Facts, Heading, Note, Tone
from haveri_chat.conversation import interpret, pressed
from haveri_chat.decisions import AnswerPrivately, SendCommand, Where
from haveri_chat.plant import Plant, Who
from haveri_chat.ports import PlatformRefused, PlatformUnavailable
from haveri_chat.texts import CATALOGUE
from haveri_contracts.escalation.commands import AnswerCall
from haveri_contracts.escalation.models import EndReason, Purpose
from haveri_contracts.escalation.reasons import Reason, ReasonCode
from haveri_contracts.incident import commands
from haveri_contracts.incident.models import Incident
from haveri_contracts.plain import Status

NOW = datetime(2026, 11, 21, 1, 14, tzinfo=UTC)
LEASE = timedelta(seconds=30)
CODES = list(ReasonCode)
# The rest is about runs, simulations and policies, which chat does not show.
SHOWN = [*CODES[: CODES.index(ReasonCode.CALLED_BEFORE)], ReasonCode.NOBODY_REACHABLE, ReasonCode.NO_ANSWER]
SHOWN += CODES[CODES.index(ReasonCode.NO_ADDRESS) : CODES.index(ReasonCode.ASKED_FOR_MORE)]
SHOWN += [ReasonCode.TAKEN, *CODES[CODES.index(ReasonCode.ASKED_FOR_MORE) : CODES.index(ReasonCode.POLICY_FITS)]]
SHOWN += [ReasonCode.WAY_FAILED, ReasonCode.NO_WAY, ReasonCode.NOT_NEEDED]

PARAMS = ("team_id", "member_id", "team", "shift", "role", "step", "via", "why", "words", "count", "key", "self")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.uuids().map(str),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)


@pytest.fixture
def call(make_incident: Callable[..., Incident], known_id: Callable[[str], UUID]) -> ChatCall:
    member = known_id("Mikko Laine")
    because = Reason.of(ReasonCode.IN_TEAM_ON_SHIFT, team_id=known_id("Packing"), shift="Night")
    return ChatCall(UUID(int=5), 1, make_incident().id, member, Purpose.TAKE, because)


def button(card: Card) -> Button:
    (one,) = card.buttons()
    return one


def facts(card: Card) -> dict[str, str]:
    return {label: value for block in card.blocks if isinstance(block, Facts) for label, value in block.rows}


# The card


def test_the_card_says_what_where_since_when_and_why_you_in_the_members_language(
    call: ChatCall, make_incident: Callable[..., Incident], plant: Plant
) -> None:
    card = call_card(call, make_incident(chat_channel_ref="c-1"), plant, locale="fi", now=NOW)
    assert card.blocks[0] == Heading("INC-4 Filler 2 jammed, line 1 down", Tone.DANGER)
    assert facts(card) == {
        "Vakavuus": "SEV1, linja seis",
        "Missä": "Tampere Works · Line 1 · Filler 2",
        "Alkoi": "klo 3.10",
        "Miksi sinä": "Olet vuorossa: Packing, Night",
    }
    assert button(card).label == "Minä hoidan tämän"
    assert ChannelLink("Siirry häiriön kanavalle", "c-1") in card.blocks


def test_a_call_to_join_says_who_has_it_and_asks_for_coming(
    call: ChatCall, make_incident: Callable[..., Incident], plant: Plant, known_id: Callable[[str], UUID]
) -> None:
    taken = make_incident(acknowledged_by=known_id("Aino Virtanen"), acknowledged_at=NOW)
    card = call_card(replace(call, purpose=Purpose.JOIN), taken, plant, locale="en", now=NOW)
    assert button(card).label == "I'm coming"
    assert facts(card)["Acknowledged"] == "Aino Virtanen, 03:14"


@pytest.mark.parametrize(
    ("code", "params", "said"),
    [
        (ReasonCode.IN_TEAM_ON_SHIFT, {"team": True, "shift": "Night"}, "You are on shift in Packing, Night"),
        (ReasonCode.ON_SHIFT, {"shift": "Night"}, "You are on shift in Night"),
        (ReasonCode.IN_TEAM, {"team": True}, "You are in Packing"),
        (ReasonCode.HAS_ROLE, {"role": "lead", "shift": "Night"}, "You are lead of Night"),
        (ReasonCode.BY_NAME, {}, "You were named"),
        (ReasonCode.ADMINISTRATOR, {}, "You are an administrator, and nobody else could be found"),
    ],
)
def test_why_you_is_a_sentence(plant: Plant, code: ReasonCode, params: dict[str, Any], said: str) -> None:
    team = next(team for team in plant.teams.values() if team.name == "Packing")
    known = {"team_id": team.id} if params.pop("team", False) else {}
    assert why(Reason.of(code, **known, **params), plant, "en") == said


def test_a_call_from_before_there_were_reasons_is_shown_as_it_came(plant: Plant) -> None:
    assert why("Crew A, Night", plant, "fi") == "Crew A, Night"
    assert why("", plant, "en") == "You were named"


def test_a_reason_that_is_not_known_yet_is_shown_by_its_code(plant: Plant) -> None:
    assert why(Reason(code="full_moon"), plant, "de") == "full moon"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    code=st.sampled_from(ReasonCode) | st.text(max_size=20),
    params=st.dictionaries(st.sampled_from(PARAMS) | st.text(max_size=9), JSON, max_size=6),
)
def test_whatever_a_newer_engine_gives_as_the_reason_the_member_is_called(
    make_incident: Callable[..., Incident], plant: Plant, call: ChatCall, code: str, params: dict[str, Any]
) -> None:
    call = replace(call, because=Reason(code, params))
    card = call_card(call, make_incident(), plant, locale="de-AT", now=NOW)
    assert button(card).label == "Ich übernehme das"


@pytest.mark.parametrize("params", [{"team_id": "zz"}, {"team_id": None}, {"team_id": 5}, {}])
def test_a_reason_whose_parameters_do_not_fit_is_shown_by_its_code(plant: Plant, params: dict[str, Any]) -> None:
    assert why(Reason("in_team", params), plant, "fi") == "in team"


@pytest.mark.parametrize("locale", ["en", *CATALOGUE.languages])
@pytest.mark.parametrize("code", SHOWN)
def test_every_reason_that_chat_shows_has_words_in_every_language(plant: Plant, code: ReasonCode, locale: str) -> None:
    params = {"role": "lead", "shift": "Night", "step": 1, "via": "email", "words": "mailbox full"}
    params |= {"seconds": 20, "detail": "403", "name": "Mikko", "first": "inc-1", "last": "inc-1-9", "megabytes": 1}
    params["number"] = "INC-1"
    ids = {"team_id": next(iter(plant.teams)), "member_id": next(iter(plant.members))}
    words = in_words(Reason.of(code, **params, **ids), plant, locale)
    assert f"reason.{code}" in CATALOGUE
    assert words and "{" not in words


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (EndReason.ACKNOWLEDGED, "Taken by Aino Virtanen at 03:14."),
        (EndReason.RESOLVED, "Resolved at 03:14."),
        (EndReason.CLOSED, "Resolved at 03:14."),
        (EndReason.REPLACED, "Not needed any more."),
        (EndReason.EXHAUSTED, "Not needed any more."),
        (EndReason.DONE, "Not needed any more."),
    ],
)
def test_an_ended_call_says_how_and_has_no_button(
    make_incident: Callable[..., Incident],
    plant: Plant,
    known_id: Callable[[str], UUID],
    reason: EndReason,
    said: str,
) -> None:
    ending = Ending.of(reason, NOW, known_id("Aino Virtanen"))
    card = ended_card(make_incident(), ending, plant, locale="en", now=NOW)
    assert Note(said, Tone.GOOD) in card.blocks
    assert card.buttons() == ()


def test_a_call_is_over_when_somebody_has_it_or_the_incident_is(
    make_incident: Callable[..., Incident], known_id: Callable[[str], UUID]
) -> None:
    assert ending_of(make_incident()) is None
    taken = make_incident(acknowledged_by=known_id("Aino Virtanen"), acknowledged_at=NOW)
    assert ending_of(taken) == Ending(EndKind.TAKEN, NOW, known_id("Aino Virtanen"))
    over = make_incident(status=Status.RESOLVED, resolved_at=NOW, acknowledged_at=NOW)
    assert ending_of(over) == Ending(EndKind.RESOLVED, NOW)


# The press


@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_press_is_the_members_own_order(
    call: ChatCall,
    make_incident: Callable[..., Incident],
    plant: Plant,
    named: Callable[[str], Who],
    new_id: Callable[[], UUID],
    purpose: Purpose,
) -> None:
    card = call_card(replace(call, purpose=purpose), make_incident(), plant, locale="en", now=NOW)
    request = pressed(button(card).data)
    decision = interpret(request, named("Mikko Laine"), Where(addressed=make_incident()), plant, new_id=new_id)
    assert isinstance(decision, SendCommand)
    if purpose is Purpose.TAKE:
        assert isinstance(decision.command, commands.Acknowledge)
    else:
        assert isinstance(decision.command, AnswerCall)
        assert decision.command.call_id == call.id


@pytest.mark.parametrize("verb", ["take", "join"])
def test_a_viewer_and_somebody_of_another_organisation_are_told_and_change_nothing(
    make_incident: Callable[..., Incident],
    plant: Plant,
    named: Callable[[str], Who],
    new_id: Callable[[], UUID],
    verb: str,
) -> None:
    request = pressed({"verb": verb, "incident": str(make_incident().id), "call": str(UUID(int=5))})
    viewer = interpret(request, named("Ville Visitor"), Where(addressed=make_incident()), plant, new_id=new_id)
    stranger = interpret(request, named("Mikko Laine"), Where(), plant, new_id=new_id)
    assert isinstance(viewer, AnswerPrivately)
    assert "role responder" in str(viewer.content)
    assert isinstance(stranger, AnswerPrivately)


# Sending it


class World:
    """The outside world, which outlives every process that works on it."""

    def __init__(self, incident: Incident, plant: Plant) -> None:
        self.incident = incident
        self.plant = plant
        self.fates = Fates()
        self.now = NOW
        self.platform = MemoryPlatform(self.fates)
        self.store = MemoryStore(self.fates)

    async def newest(self) -> Incident:
        return self.incident

    def caller(self) -> Caller:
        return Caller(self.platform, self.store, "teams", now=lambda: self.now, lease=LEASE)


@pytest.fixture
def world(make_incident: Callable[..., Incident], plant: Plant) -> World:
    return World(make_incident(), plant)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lives=st.lists(st.dictionaries(st.integers(0, 6), st.sampled_from(list(Fate)), max_size=2), max_size=4))
def test_a_member_is_called_once_and_the_channel_told_once_whatever_dies(
    make_incident: Callable[..., Incident], plant: Plant, call: ChatCall, lives: list[dict[int, Fate]]
) -> None:
    world = World(make_incident(chat_channel_ref="c-1"), plant)

    async def live(fates: dict[int, Fate]) -> None:
        world.fates.revived(fates)
        try:
            await world.caller().call(call, world.newest, plant)
            await world.caller().notify(
                world.incident.id, "n-1", Notice("Calling {people}.", (call.member_id,)), "c-1", plant
            )
        except (Death, PlatformUnavailable):
            world.now += LEASE

    async def lifetimes() -> None:
        for fates in [*lives, {}]:
            await live(fates)

    asyncio.run(lifetimes())
    assert len(world.platform.marked(call.step)) == 1
    assert len(world.platform.marked("notice:n-1")) == 1


async def test_nobody_is_called_for_what_was_taken_while_the_card_waited_for_its_turn(
    world: World, call: ChatCall, plant: Plant
) -> None:
    world.incident = world.incident.model_copy(update={"acknowledged_at": NOW})
    assert await world.caller().call(call, world.newest, plant) is None
    assert world.platform.messages == []
    joining = replace(call, id=UUID(int=6), purpose=Purpose.JOIN)
    assert await world.caller().call(joining, world.newest, plant) is Shows.BUTTON


async def test_the_card_gets_its_link_and_its_end_and_never_goes_back(
    world: World, call: ChatCall, plant: Plant, known_id: Callable[[str], UUID]
) -> None:
    assert await world.caller().call(call, world.newest, plant) is Shows.BUTTON
    world.incident = world.incident.model_copy(update={"chat_channel_ref": "c-1"})
    await world.caller().show(call, None, world.incident, plant, Shows.BUTTON_AND_LINK)
    ending = Ending(EndKind.TAKEN, NOW, known_id("Aino Virtanen"))
    await world.caller().show(call, ending, world.incident, plant, Shows.END)
    await world.caller().show(call, None, world.incident, plant, Shows.BUTTON_AND_LINK)
    (message,) = world.platform.messages
    linked, ended = message.versions
    assert any(isinstance(block, ChannelLink) for block in linked.blocks)
    assert len(linked.buttons()) == 1
    assert message.card == ended
    assert ended.buttons() == ()


async def test_somebody_without_an_account_cannot_be_called_and_is_named(
    world: World, call: ChatCall, plant: Plant
) -> None:
    for member_id, name in ((UUID(int=99), "–"), (call.member_id, "Mikko Laine")):
        members = {id: one.model_copy(update={"chat_identities": []}) for id, one in plant.members.items()}
        with pytest.raises(PlatformRefused) as refused:
            await world.caller().call(replace(call, member_id=member_id), world.newest, replace(plant, members=members))
        assert refused.value.reason == Reason.of(ReasonCode.NO_ACCOUNT, name=name)
