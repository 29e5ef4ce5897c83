"""The page behind the link in an e-mail: one button, no sign-in, and looking changes nothing."""

from __future__ import annotations

import re

import pytest
from web_calling import CallBook
from web_house import Door, WebHouse, form_token

from haveri_contracts.escalation.commands import AnswerCall
from haveri_contracts.escalation.models import Purpose
from haveri_contracts.incident.commands import Acknowledge
from haveri_contracts.plain import Role


@pytest.fixture
def calls(house: WebHouse) -> CallBook:
    """The escalation service of the first organisation."""
    return CallBook(house.tenant)


def _standing(text: str) -> str:
    found = re.search(r'data-standing="([a-z]+)"', text)
    assert found, text
    return found[1]


def _answers(house: WebHouse) -> list[object]:
    return [it for it in house.plants.sent if isinstance(it, Acknowledge | AnswerCall)]


async def test_whoever_was_called_takes_the_incident_with_one_button(
    house: WebHouse, door: Door, calls: CallBook
) -> None:
    token = calls.link(house.slug, await house.incident(door), "Sanna Virtanen")
    browser = house.client()
    page = (await browser.get(f"/answer/{token}")).text
    assert _standing(page) == "open"
    assert "INC-1" in page and "Filler 2 jammed, line 1 down" in page and "Sanna Virtanen" in page
    assert "I&#39;ve got it" in page and "SEV1" not in page
    answer = await browser.post(f"/answer/{token}", data={"form_token": form_token(page)})
    assert answer.status_code == 200 and _standing(answer.text) == "yours"
    state = (await door("GET", "/incidents/INC-1")).json()
    assert state["acknowledged_by"] == str(house.tenant.member("Sanna Virtanen").id)


async def test_a_mail_scanner_that_opens_the_link_changes_nothing(house: WebHouse, door: Door, calls: CallBook) -> None:
    token = calls.link(house.slug, await house.incident(door), "Sanna Virtanen")
    for _ in range(3):
        answer = await house.client().get(f"/answer/{token}")
        assert (await house.client().head(f"/answer/{token}")).status_code in (200, 405)
    assert answer.status_code == 200 and _answers(house) == []
    assert (await door("GET", "/incidents/INC-1")).json()["acknowledged_by"] is None


async def test_pressing_twice_is_fine(house: WebHouse, door: Door, calls: CallBook) -> None:
    token = calls.link(house.slug, await house.incident(door), "Sanna Virtanen")
    browser = house.client()
    fields = {"form_token": form_token((await browser.get(f"/answer/{token}")).text)}
    for _ in range(2):
        answer = await browser.post(f"/answer/{token}", data=fields)
        assert answer.status_code == 200 and _standing(answer.text) == "yours"
    assert len(_answers(house)) == 1


async def test_who_is_second_is_told_who_was_first_and_when(house: WebHouse, door: Door, calls: CallBook) -> None:
    made = await house.incident(door)
    token, late = house.client(), calls.link(house.slug, made, "Timo Nieminen", key="t.i.m")
    page = (await token.get(f"/answer/{late}")).text
    house.advance(minutes=4)
    await (await house.door("Sanna Virtanen"))("POST", "/incidents/INC-1/acknowledge")
    answer = await token.post(f"/answer/{late}", data={"form_token": form_token(page)})
    assert _standing(answer.text) == "taken"
    assert "Sanna Virtanen has it already." in answer.text and "08:04" in answer.text
    assert "answer-form" not in answer.text and _answers(house)[1:] == []


async def test_two_who_press_in_the_same_moment_get_one_winner(house: WebHouse, door: Door, calls: CallBook) -> None:
    made = await house.incident(door)
    token = calls.link(house.slug, made, "Timo Nieminen")
    browser = house.client()
    page = (await browser.get(f"/answer/{token}")).text
    obey = house.tenant.book.carry_out
    sanna = house.tenant.member("Sanna Virtanen")

    def first_sanna(command: object, *rest: object) -> object:
        house.tenant.book.carry_out = obey  # type: ignore[method-assign]
        obey(Acknowledge(incident_id=made["id"]), f"member:{sanna.id}", house.clock.now(), set())
        return obey(command, *rest)  # type: ignore[arg-type]

    house.tenant.book.carry_out = first_sanna  # type: ignore[method-assign, assignment]
    answer = await browser.post(f"/answer/{token}", data={"form_token": form_token(page)})
    assert _standing(answer.text) == "taken" and "Sanna Virtanen has it already." in answer.text


async def test_coming_to_help_is_another_answer(house: WebHouse, door: Door, calls: CallBook) -> None:
    made = await house.incident(door)
    await (await house.door("Sanna Virtanen"))("POST", "/incidents/INC-1/acknowledge")
    token = calls.link(house.slug, made, "Timo Nieminen", Purpose.JOIN)
    browser = house.client()
    page = (await browser.get(f"/answer/{token}")).text
    assert _standing(page) == "open" and "I&#39;m coming" in page
    answer = await browser.post(f"/answer/{token}", data={"form_token": form_token(page)})
    assert _standing(answer.text) == "coming"
    assert _standing((await browser.get(f"/answer/{token}")).text) == "coming"


async def test_what_is_resolved_needs_nobody(house: WebHouse, door: Door, calls: CallBook) -> None:
    token = calls.link(house.slug, await house.incident(door), "Sanna Virtanen")
    browser = house.client()
    page = (await browser.get(f"/answer/{token}")).text
    await door("POST", "/incidents/INC-1/resolve", json={"summary": {"what_happened": "A loose plug."}})
    answer = await browser.post(f"/answer/{token}", data={"form_token": form_token(page)})
    assert _standing(answer.text) == "resolved" and _answers(house) == []


async def test_a_viewer_since_demoted_is_told_so_and_takes_nothing(
    house: WebHouse, door: Door, calls: CallBook
) -> None:
    token = calls.link(house.slug, await house.incident(door), "Sanna Virtanen")
    browser = house.client()
    page = (await browser.get(f"/answer/{token}")).text
    sanna = house.tenant.member("Sanna Virtanen")
    house.tenant.put(sanna.model_copy(update={"role": Role.VIEWER}))
    answer = await browser.post(f"/answer/{token}", data={"form_token": form_token(page)})
    assert _standing(answer.text) == "forbidden" and _answers(house) == []
    assert 'data-testid="answer-form"' not in (await browser.get(f"/answer/{token}")).text


@pytest.mark.parametrize(
    "token", ["nonsense", "Nobody.x.y.z", "-.x", "a" * 3000, "%3Cb%3E.x", "nordic.x.y.z", "elsewhere.x.y.z"]
)
async def test_a_forged_link_is_not_found(house: WebHouse, calls: CallBook, token: str) -> None:
    token = token.replace("nordic", house.slug)
    answer = await house.client().get(f"/answer/{token}")
    assert answer.status_code == 404 and _standing(answer.text) == "unknown"


async def test_a_link_of_another_organisation_opens_nothing_there(house: WebHouse, door: Door, calls: CallBook) -> None:
    CallBook(house.other)
    token = calls.link(house.slug, await house.incident(door), "Sanna Virtanen")
    answer = await house.client().get(f"/answer/{token.replace(house.slug, house.other_slug)}")
    assert answer.status_code == 404 and "Filler" not in answer.text


async def test_an_expired_link_is_gone_and_so_is_that_of_one_who_left(
    house: WebHouse, door: Door, calls: CallBook
) -> None:
    made = await house.incident(door)
    old, left = calls.link(house.slug, made, "Sanna Virtanen"), calls.link(house.slug, made, "Timo Nieminen", key="t")
    calls.expired.add(old)
    house.tenant.things["member"].pop(house.tenant.member("Timo Nieminen").id)
    for token in (old, left):
        answer = await house.client().get(f"/answer/{token}")
        assert answer.status_code == 410 and _standing(answer.text) == "expired"


async def test_an_answer_from_elsewhere_or_without_the_form_is_refused(
    house: WebHouse, door: Door, calls: CallBook
) -> None:
    token = calls.link(house.slug, await house.incident(door), "Sanna Virtanen")
    browser = house.client()
    right = form_token((await browser.get(f"/answer/{token}")).text)
    for fields, headers in (
        ({}, {}),
        ({"form_token": "x"}, {}),
        ({"form_token": right}, {"Origin": "https://evil.example"}),
        ({"form_token": right}, {"Origin": "null", "Sec-Fetch-Site": "cross-site"}),
    ):
        answer = await browser.post(f"/answer/{token}", data=fields, headers=headers)
        assert answer.status_code == 403 and _standing(answer.text) == "foreign"
    assert _answers(house) == []
    # Browsers say "null" for a page that sends no referrer.
    headers = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
    answer = await browser.post(f"/answer/{token}", data={"form_token": right}, headers=headers)
    assert _standing(answer.text) == "yours"


async def test_the_key_in_the_address_goes_nowhere(house: WebHouse, door: Door, calls: CallBook) -> None:
    token = calls.link(house.slug, await house.incident(door), "Sanna Virtanen")
    for path in (f"/answer/{token}", "/answer/nonsense"):
        answer = await house.client().get(path)
        assert answer.headers["referrer-policy"] == "no-referrer" and answer.headers["cache-control"] == "no-store"
        assert "noindex" in answer.headers["x-robots-tag"] and 'name="robots" content="noindex' in answer.text
        assert "set-cookie" not in answer.headers


async def test_it_works_while_the_incident_service_is_away_and_says_so(
    house: WebHouse, door: Door, calls: CallBook
) -> None:
    token = calls.link(house.slug, await house.incident(door), "Sanna Virtanen")
    browser = house.client()
    house.plants.away.add("incident")
    page = (await browser.get(f"/answer/{token}")).text
    assert _standing(page) == "open" and "INC-1" in page
    answer = await browser.post(f"/answer/{token}", data={"form_token": form_token(page)})
    assert _standing(answer.text) == "noted"
    house.plants.away = {"escalation"}
    answer = await browser.get(f"/answer/{token}")
    assert answer.status_code == 503 and _standing(answer.text) == "away"


async def test_guessing_links_is_slowed_and_rightful_ones_are_not_counted(
    house: WebHouse, door: Door, calls: CallBook
) -> None:
    token = calls.link(house.slug, await house.incident(door), "Sanna Virtanen")
    browser = house.client()
    for _ in range(40):
        assert (await browser.get(f"/answer/{token}")).status_code == 200
    statuses = [(await browser.get(f"/answer/{house.slug}.guess.{it}")).status_code for it in range(31)]
    assert statuses == [404] * 30 + [429]
    house.advance(minutes=6)
    assert (await browser.get(f"/answer/{token}")).status_code == 200


async def test_names_and_titles_are_never_markup_and_the_page_speaks_the_members_language(
    house: WebHouse, door: Door, calls: CallBook
) -> None:
    sanna = house.tenant.member("Sanna Virtanen")
    house.tenant.put(sanna.model_copy(update={"locale": "fi"}))
    nasty = "<img src=x onerror=alert(1)>"
    token = calls.link(house.slug, await house.incident(door, nasty), "Sanna Virtanen")
    page = (await house.client().get(f"/answer/{token}")).text
    assert "<img src=x" not in page and "Minä hoidan" in page and '<html lang="fi"' in page
