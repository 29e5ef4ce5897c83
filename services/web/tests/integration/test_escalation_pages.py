"""Who is called, who answered and what comes next: the live view, the incident's page and calling by hand."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest
from web_calling import CallBook, run_of, under_way
from web_house import Door, WebHouse, form_token

from haveri_contracts.escalation.models import EndReason, EscalationPolicy, RunState
from haveri_contracts.escalation.queries import GetEscalationPolicy, ListPolicies, PolicyList
from haveri_contracts.incident.commands import Escalate
from haveri_contracts.plain import EntryType


@pytest.fixture
def calls(house: WebHouse) -> CallBook:
    """The escalation service of the first organisation."""
    return CallBook(house.tenant)


async def test_the_live_view_says_who_was_called_and_when_the_next_step_comes(
    house: WebHouse, door: Door, calls: CallBook
) -> None:
    made = await house.incident(door)
    under_way(calls, made, run_of(calls, made, house.clock.now()))
    house.advance(minutes=4, seconds=20)
    page = (await (await house.signed_in("Veera Heikkilä")).get("/escalations")).text
    assert 'data-testid="running-escalation" data-number="INC-1"' in page
    assert "SEV1 anywhere" in page and "Tampere Works" in page
    assert re.findall(r'data-testid="call" data-state="(\w+)"', page) == ["reached", "calling", "held"]
    assert re.search(r"data-testid=\"countdown\">10:40<", page) and "08:15:00" in page
    assert "SMS: sent" in page and "no answer from &lt;b&gt;Teams" in page
    assert re.search(r'data-testid="held-until">until <time[^>]*>23/11/2026 09:00<', page)
    assert 'data-now="2026-11-23T06:04:20' in page


async def test_a_silenced_run_says_until_when_and_counts_nothing_down(
    house: WebHouse, door: Door, calls: CallBook
) -> None:
    made = await house.incident(door)
    until = house.clock.now() + timedelta(hours=2)
    run = run_of(calls, made, house.clock.now(), state=RunState.SILENCED, silenced_until=until)
    under_way(calls, made, run)
    page = (await (await house.signed_in("Veera Heikkilä")).get("/escalations")).text
    assert 'data-testid="silenced"' in page and "10:00" in page and "data-countdown" not in page


async def test_the_overview_leads_to_what_runs(house: WebHouse, door: Door, calls: CallBook) -> None:
    client = await house.signed_in("Veera Heikkilä")
    assert re.search(r'href="/escalations" data-testid="count-escalations".*?<b>0</b>', (await client.get("/")).text)
    made = await house.incident(door)
    under_way(calls, made, run_of(calls, made, house.clock.now()))
    page = (await client.get("/")).text
    assert re.search(r'class="count attention" href="/escalations".*?<b>1</b>', page)


async def test_nobody_being_called_is_said_calmly_and_other_plants_are_theirs(
    house: WebHouse, door: Door, calls: CallBook
) -> None:
    other = CallBook(house.other)
    stranger = await house.door("Aino Korhonen", slug=house.other_slug)
    facility = str(next(iter(house.other.things["facility"])))
    body = {"title": "Not yours", "severity": "SEV1", "facility_id": facility}
    made = (await stranger("POST", "/incidents", json=body)).json()
    under_way(other, made, run_of(other, made, house.clock.now()))
    client = await house.signed_in("Veera Heikkilä")
    page = (await client.get("/escalations")).text
    assert 'data-testid="nothing-running"' in page and "Not yours" not in page
    assert (await client.get(f"/escalations?facility={facility}")).status_code == 404


async def test_the_incident_tells_every_run_with_its_steps_and_why(
    house: WebHouse, door: Door, calls: CallBook
) -> None:
    made = await house.incident(door)
    start = house.clock.now()
    run_of(calls, made, start, state=RunState.ENDED, end_reason=EndReason.REPLACED, ended_at=start)
    run_of(calls, made, start)
    page = (await (await house.signed_in("Veera Heikkilä")).get("/incidents/INC-1")).text
    assert re.findall(r'data-testid="run" data-state="(\w+)"', page) == ["running", "ended"]
    assert re.findall(r'data-outcome="(\w+)"', page) == ["fired", "pending"] * 2
    assert "It is the only policy for SEV1 at Tampere Works." in page and "another chain took its place" in page
    assert 'data-testid="attempt" data-state="failed"' in page


async def test_an_incident_page_is_whole_while_the_escalation_service_is_away(house: WebHouse, door: Door) -> None:
    await house.incident(door)
    house.plants.away.add("escalation")
    client = await house.signed_in("Sanna Virtanen")
    page = await client.get("/incidents/INC-1")
    assert page.status_code == 200 and 'data-testid="escalation-away"' in page.text
    assert 'data-testid="escalate-form"' in page.text
    assert (await client.get("/")).status_code == 200 and "count-escalations" not in (await client.get("/")).text
    assert (await client.get("/escalations")).status_code == 503


async def test_more_people_are_called_by_hand(house: WebHouse, door: Door, calls: CallBook) -> None:
    await house.incident(door)
    facility = next(iter(house.tenant.things["facility"]))
    policy = EscalationPolicy.model_validate(
        {"id": UUID(int=7), "name": "Fire", "facility_id": facility, "conditions": {"severity": ["SEV1"]}, "steps": []}
    )
    house.tenant.answers[ListPolicies] = lambda query: PolicyList(items=[policy])
    house.tenant.answers[GetEscalationPolicy] = lambda query: policy
    client = await house.signed_in("Sanna Virtanen")
    page = (await client.get("/incidents/INC-1")).text
    assert "Fire" in page and page.count('data-testid="escalate-member"') == 4
    mikko, team = house.tenant.member("Mikko Laine"), next(iter(house.tenant.things["team"].values()))
    fields = {
        "form_token": form_token(page), "member_id": [str(mikko.id)], "team_id": str(team.id),
        "policy_id": str(policy.id), "reason": "Needs a spare.",
    }  # fmt: skip
    answer = await client.post("/incidents/INC-1/escalate", data=fields)
    assert answer.headers["location"] == "/incidents/INC-1?called=now#escalation"
    sent = house.plants.sent[-1]
    assert isinstance(sent, Escalate)
    assert (sent.member_ids, sent.team_ids, sent.policy_id) == ([mikko.id], [team.id], policy.id)
    assert 'data-testid="escalate-done"' in (await client.get("/incidents/INC-1?called=now")).text
    answer = await client.post("/incidents/INC-1/escalate", data={"form_token": form_token(page)})
    assert answer.status_code == 303 and house.plants.sent[-1].policy_id is None  # type: ignore[attr-defined]


async def test_viewers_see_no_button_and_call_nobody(house: WebHouse, door: Door, calls: CallBook) -> None:
    await house.incident(door)
    client = await house.signed_in("Veera Heikkilä")
    page = (await client.get("/incidents/INC-1")).text
    assert 'data-testid="escalate-form"' not in page
    answer = await client.post("/incidents/INC-1/escalate", data={"form_token": form_token(page)})
    assert answer.status_code == 403
    client = await house.signed_in("Sanna Virtanen")
    assert (await client.post("/incidents/INC-1/escalate", data={})).status_code == 403
    fields = {"form_token": form_token((await client.get("/")).text), "member_id": str(UUID(int=1))}
    answer = await client.post("/incidents/INC-1/escalate", data=fields)
    assert answer.status_code == 422 and "there is no member" in answer.text
    assert not [it for it in house.plants.sent if isinstance(it, Escalate)]


async def test_the_timeline_and_the_export_name_those_who_were_called(house: WebHouse, door: Door) -> None:
    made, timo = await house.incident(door), house.tenant.member("Timo Nieminen")
    house.tenant.put(timo.model_copy(update={"name": "Timo <b>Nieminen</b>"}))
    payload = {
        "incident_id": made["id"], "run_id": str(UUID(int=1)), "round": 1, "step": 2,
        "calls": [{"call_id": str(UUID(int=2)), "member_id": str(timo.id), "held_until": "2026-11-24T04:00:00Z"}],
        "missing": ["Nobody of Crew A is on shift"],
    }  # fmt: skip
    house.tenant.book.record(
        UUID(made["id"]), EntryType.ESCALATION, "escalation.step_fired", payload, "system:escalation", house.clock.now()
    )
    page = (await (await house.signed_in("Veera Heikkilä")).get("/incidents/INC-1")).text
    assert "Step 2: Timo &lt;b&gt;Nieminen&lt;/b&gt; is held until 24/11/2026 06:00" in page
    assert "Nobody of Crew A is on shift" in page
    export = (await door("GET", "/incidents/INC-1/export?format=md")).text
    assert "escalation: Step 2: Timo" in export and "<b>" not in export and str(timo.id) not in export


async def test_an_entry_from_a_service_that_is_newer_than_the_pages_is_shown_as_far_as_it_is_known(
    house: WebHouse, door: Door
) -> None:
    made = await house.incident(door)
    for kind, source in (("handover", "workshop.shift_handed_over"), (EntryType.STATUS_CHANGE, "incident.closed")):
        entry = house.tenant.book.record(
            UUID(made["id"]),
            kind,
            source,
            {"text": "Belt <b>new</b>", "follow_ups": 7},
            "system:test",
            house.clock.now(),
        )
    book = house.tenant.book.entries[UUID(made["id"])]
    book[-1] = entry.model_copy(update={"source_type": "haveri.incident.closed.v2"})
    client = await house.signed_in("Veera Heikkilä")
    page = (await client.get("/incidents/INC-1")).text
    assert "Something else" in page and "shift handed over" in page and "Belt &lt;b&gt;new&lt;/b&gt;" in page
    assert 'data-testid="type-other"' in page
    assert "shift handed over" in (await client.get("/incidents/INC-1?type=other")).text
    assert (await client.get("/")).status_code == 200
    assert "handover: Belt" in (await door("GET", "/incidents/INC-1/export?format=md")).text
    timeline = (await door("GET", "/incidents/INC-1/timeline")).json()
    assert "handover" in [item["type"] for item in timeline["items"]]
