"""The pages about policies, simulation, quiet hours and windows as HTML: what they show and take, and to whom."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import httpx2
import pytest
from web_chains import put_chains
from web_house import WebHouse, form_token
from web_policies import PolicyShelf

from haveri_contracts.escalation import commands
from haveri_contracts.plain import Severity

POLICIES, SETTINGS, WINDOWS = "/escalation/policies", "/escalation/settings", "/escalation/maintenance"
NIGHT_POLICY = f"{POLICIES}/{UUID(int=2)}"


@pytest.fixture
def shelf(house: WebHouse) -> PolicyShelf:
    """The policies of the first organisation."""
    PolicyShelf(house.other)
    return put_chains(house)


async def _send(client: httpx2.AsyncClient, page: str, to: str = "", **fields: Any) -> httpx2.Response:
    """Send a form with the token of its page."""
    token = form_token((await client.get(page)).text)
    return await client.post(to or page, data={"form_token": token, **fields})


def _facility(house: WebHouse, name: str = "Tampere Works") -> UUID:
    return next(it.id for it in house.tenant.things["facility"].values() if it.name == name)


async def test_every_policy_is_read_back_as_a_sentence(house: WebHouse, shelf: PolicyShelf) -> None:
    page = (await (await house.signed_in("Veera Heikkilä")).get(POLICIES)).text
    assert (
        "SEV2 at Line 1, at night (22:00–06:00) or Sat, Sun: Filling crew at once; "
        "the lead of the shift after 15 minutes if nobody has answered; again every 30 minutes, twice. "
        "Last resort: Mikko Laine." in page
    )
    assert "Priority 10" in page and "Version 1" in page and 'data-testid="is-default"' in page
    assert 'data-testid="new-policy"' not in page and 'data-testid="edit-policy"' not in page


async def test_a_facility_without_a_default_is_told_so(house: WebHouse, shelf: PolicyShelf) -> None:
    page = (await (await house.signed_in("Veera Heikkilä")).get(POLICIES)).text
    sections = re.findall(r'data-testid="facility-policies">(.*?)</section>', page, flags=re.S)
    told = {re.search(r"<h2[^>]*>([^<]+)", it)[1]: "no-default" in it for it in sections}  # type: ignore[index]
    assert told == {"Leipzig Works": True, "Tampere Works": False}
    assert "goes to the last resort at once (the administrators)" in page


async def test_who_may_not_change_policies_cannot_reach_their_forms(house: WebHouse, shelf: PolicyShelf) -> None:
    client = await house.signed_in("Sanna Virtanen")
    for path in (f"{POLICIES}/new", NIGHT_POLICY):
        assert (await client.get(path)).status_code == 403, path
    for path, to in (
        (POLICIES, f"{POLICIES}/new"),
        (POLICIES, NIGHT_POLICY),
        (POLICIES, f"{NIGHT_POLICY}/remove"),
        (SETTINGS, f"{SETTINGS}?facility={_facility(house)}"),
        (WINDOWS, f"{WINDOWS}?facility={_facility(house)}"),
        (WINDOWS, f"{WINDOWS}/{UUID(int=1)}/end?facility={_facility(house)}"),
    ):
        assert (await _send(client, path, to)).status_code == 403, to
    assert house.plants.sent == []


async def test_a_form_of_another_site_changes_nothing(house: WebHouse, shelf: PolicyShelf) -> None:
    client = await house.signed_in("Mikko Laine")
    for to in (f"{NIGHT_POLICY}/remove", f"{SETTINGS}?facility={_facility(house)}", NIGHT_POLICY):
        assert (await client.post(to, data={"do": "save"})).status_code == 403, to
        answer = await _send(client, POLICIES, to, form_token="forged")
        assert answer.status_code == 403, to
    assert house.plants.sent == []


async def test_another_organisations_policy_is_unknown(house: WebHouse, shelf: PolicyShelf) -> None:
    shelf.versions.clear()
    theirs = PolicyShelf(house.other)
    client = await house.signed_in("Mikko Laine")
    assert (await client.get(NIGHT_POLICY)).status_code == 404
    answer = await client.get(f"{POLICIES}/new?facility={next(iter(house.other.things['facility']))}")
    assert answer.status_code == 404
    assert theirs.present() == []


async def test_what_the_owner_refuses_is_shown_and_what_was_typed_stays(house: WebHouse, shelf: PolicyShelf) -> None:
    client = await house.signed_in("Mikko Laine")
    fields = {"name": "<b>Mine</b>", "version": "1", "steps": "0", "conditions.severity": "SEV2", "last_resort": "none"}
    answer = await _send(client, NIGHT_POLICY, **fields)
    assert answer.status_code == 422
    assert "A policy needs at least one step." in answer.text and 'value="&lt;b&gt;Mine&lt;/b&gt;"' in answer.text
    shelf.versions[UUID(int=2)].append(shelf.versions[UUID(int=2)][0].model_copy(update={"version": 2}))
    fields |= {"steps": "1", "steps.0.after_minutes": "0", "steps.0.notify.shift_roles": "lead"}
    answer = await _send(client, NIGHT_POLICY, **fields)
    assert answer.status_code == 409 and "Somebody else changed this policy meanwhile." in answer.text


async def test_an_order_that_waits_for_its_owner_says_so(house: WebHouse, shelf: PolicyShelf) -> None:
    client = await house.signed_in("Mikko Laine")
    house.plants.later = True
    answer = await _send(client, NIGHT_POLICY, f"{NIGHT_POLICY}/remove")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{POLICIES}?done=later")
    assert "Accepted: the part that keeps this is away" in (await client.get(answer.headers["location"])).text


async def test_a_policy_is_removed_and_its_versions_stay(house: WebHouse, shelf: PolicyShelf) -> None:
    client = await house.signed_in("Mikko Laine")
    answer = await _send(client, NIGHT_POLICY, f"{NIGHT_POLICY}/remove")
    assert answer.headers["location"] == f"{POLICIES}?done=removed"
    assert "Degraded at night" not in (await client.get(POLICIES)).text
    assert "Degraded at night" in (await client.get(f"{NIGHT_POLICY}/versions")).text
    assert (await client.get(f"{POLICIES}/{house.ids.new()}/versions")).status_code == 404


async def test_a_simulation_says_who_would_be_called_and_why(house: WebHouse, shelf: PolicyShelf) -> None:
    client = await house.signed_in("Veera Heikkilä")
    path = f"/escalation/simulate?facility={_facility(house)}"
    assert 'data-testid="simulated"' not in (await client.get(path)).text
    page = (await client.get(f"{path}&severity=SEV2&at=2026-11-28T03:10")).text
    assert "On Saturday at 03:10, SEV2 on Tampere Works: Filling crew, Night (Mikko Laine, Sanna Virtanen)" in page
    assert re.findall(r'data-testid="considered" data-state="(\w+)"', page) == ["wins", "fits", "does_not_fit"]
    assert shelf.asked[-1].at.isoformat() == "2026-11-28T01:10:00+00:00", "clocks are the facility's"
    page = await client.get(f"{path}&severity=SEV2&at=yesterday")
    assert page.status_code == 422 and "is not a day and time such as" in page.text
    assert (await client.get(f"{path}&severity=SEV9&at=2026-11-28T03:10")).status_code == 422


async def test_quiet_hours_are_added_saved_and_read_back(house: WebHouse, shelf: PolicyShelf) -> None:
    client = await house.signed_in("Mikko Laine")
    page = f"{SETTINGS}?facility={_facility(house)}"
    assert "SEV3, at night (20:00–07:00)." in (await client.get(page)).text
    grown = (await _send(client, page, do="add-time", quiet="0")).text
    assert grown.count('data-testid="quiet-row"') == 1 and house.plants.sent == []
    row = {f"quiet_hours.0.{name}": value for name, value in _QUIET.items()}
    answer = await _send(client, page, quiet="1", **row, **{"last_resort.shift_roles": "lead"})
    assert answer.headers["location"].endswith("&done=saved")
    sent = house.plants.sent[-1]
    assert isinstance(sent, commands.ChangeFacilitySettings)
    assert sent.settings.quiet_hours[0].severity == [Severity.SEV2]
    assert sent.settings.last_resort is not None and sent.settings.last_resort.shift_roles == ["lead"]
    answer = await _send(client, page, quiet="1", **{"quiet_hours.0.time_of_day.0.from": "8 pm"})
    assert answer.status_code == 422 and 'data-testid="field-error"' in answer.text
    viewer = (await (await house.signed_in("Veera Heikkilä")).get(page)).text
    assert "SEV2, 09:00–17:00." in viewer and 'data-testid="quiet-form"' not in viewer


_QUIET = {"severity": "SEV2", "time_of_day.0.from": "09:00", "time_of_day.0.to": "17:00"}


async def test_a_window_is_announced_with_an_end_and_ended_early(house: WebHouse, shelf: PolicyShelf) -> None:
    client = await house.signed_in("Mikko Laine")
    page, area = f"{WINDOWS}?facility={_facility(house)}", str(next(iter(house.tenant.things["area"])))
    shown = (await client.get(page)).text
    assert re.findall(r'data-testid="window" data-open="(\w+)"', shown) == ["true", "false"]
    assert "23/11/2026 07:00" in shown and "Announced by Mikko Laine" in shown
    answer = await _send(client, page, area_ids=area, reason="Belts")
    assert answer.status_code == 422 and "say when it ends" in answer.text and 'value="Belts"' in answer.text
    answer = await _send(client, page, area_ids=area, starts_at="2026-11-24T10:00", ends_at="2026-11-24T12:00")
    assert answer.headers["location"].endswith("&done=announced")
    sent = house.plants.sent[-1]
    assert isinstance(sent, commands.PutMaintenanceWindow)
    assert sent.window.starts_at.isoformat() == "2026-11-24T08:00:00+00:00"
    answer = await _send(client, page, f"{WINDOWS}/{sent.window.id}/end?facility={_facility(house)}")
    assert answer.headers["location"].endswith("&done=ended") and sent.window.id not in shelf.windows
    answer = await _send(client, page, area_ids=area, ends_at="2027-11-24T12:00")
    assert answer.status_code == 422 and "The maintenance window is too long." in answer.text


async def test_a_house_without_a_plant_says_what_to_do(house: WebHouse) -> None:
    PolicyShelf(house.tenant)
    client = await house.signed_in("Aino Korhonen")
    for kind in ("team", "asset", "area", "facility"):
        house.tenant.things[kind].clear()
    for path in (POLICIES, "/escalation/simulate", SETTINGS, WINDOWS):
        answer = await client.get(path)
        assert answer.status_code == 200 and 'data-testid="no-plant"' in answer.text, path
    assert (await client.get(f"{POLICIES}/new")).headers["location"] == POLICIES


async def test_while_the_owner_is_away_a_page_says_so(house: WebHouse, shelf: PolicyShelf) -> None:
    client = await house.signed_in("Mikko Laine")
    house.plants.away = {"escalation"}
    for path in (POLICIES, SETTINGS, WINDOWS, NIGHT_POLICY):
        answer = await client.get(path)
        assert answer.status_code == 503 and 'data-testid="error-again"' in answer.text, path
