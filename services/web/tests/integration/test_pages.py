"""The pages as HTML, without JavaScript: what they show, and to whom."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from urllib.parse import unquote
from uuid import UUID

import pytest
from web_house import Door, WebHouse, form_token
from web_incidents import say, share
from web_stories import png, tell_stories

from haveri_web.rendering import moments as moments_words


async def test_the_overview_shows_open_incidents_worst_first(house: WebHouse) -> None:
    await tell_stories(house)
    page = (await (await house.signed_in("Veera Heikkilä")).get("/")).text
    assert re.findall(r'data-testid="open-incident" data-number="(INC-\d)"', page) == ["INC-4", "INC-2", "INC-3"]
    assert "3 open incidents" in page and 'data-testid="activity-entry"' in page
    assert re.search(r'data-testid="count-sev1"><span>[^<]*</span><b>1</b>', page)


async def test_the_overview_counts_every_open_incident(house: WebHouse, door: Door) -> None:
    for number in range(150):
        await house.incident(door, f"Stop {number}")
    await door("POST", "/incidents/INC-1/acknowledge")
    page = (await (await house.signed_in("Veera Heikkilä")).get("/")).text
    assert "150 open incidents" in page
    assert re.search(r'data-testid="count-unacknowledged"><span>[^<]*</span><b>149</b>', page)


async def test_nothing_open_is_said_calmly(house: WebHouse) -> None:
    page = (await (await house.signed_in("Veera Heikkilä")).get("/")).text
    assert "All quiet" in page and 'data-testid="all-quiet"' in page


async def test_what_people_typed_is_never_markup(house: WebHouse, door: Door) -> None:
    nasty = "<script>alert('x')</script><img src=x onerror=alert(1)>"
    made = await house.incident(door, nasty)
    say(house.tenant.book, UUID(made["id"]), house.tenant.member("Timo Nieminen"), nasty, house.clock.now(), "m")
    await door("POST", "/incidents/INC-1/actions", json={"text": "{{ 7*7 }} {% raw %} " + nasty})
    client = await house.signed_in("Veera Heikkilä")
    for path in ("/", "/incidents", "/incidents/INC-1", f"/incidents?q={nasty}", "/settings?done=<b>"):
        page = (await client.get(path)).text
        assert "<script>alert" not in page and "<img src=x" not in page, path
    assert "{{ 7*7 }}" in (await client.get("/incidents/INC-1")).text


async def test_every_page_forbids_scripts_and_styles_of_others(house: WebHouse) -> None:
    client = await house.signed_in("Veera Heikkilä")
    nonces = set()
    for path in ("/", "/incidents", "/plant", "/settings", "/nowhere", "/api/docs", "/sign-in"):
        answer = await client.get(path)
        policy = answer.headers["content-security-policy"]
        nonces.add(re.search(r"script-src 'nonce-([^']+)'", policy)[1])  # type: ignore[index]
        assert "unsafe" not in policy and "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert not re.search(r"<[^>]+ (style|on\w+)=", answer.text), path
        assert not re.search(r'(src|href)="https?://', answer.text), path
    assert len(nonces) == 7


async def test_the_timeline_tells_who_when_and_what_became_of_it(house: WebHouse) -> None:
    number = await tell_stories(house)
    page = (await (await house.signed_in("Veera Heikkilä")).get(f"/incidents/{number}")).text
    assert "cable is lose</s>" in page and "cable is loose" in page
    assert "<del>who moved it again???</del>" in page and 'data-testid="entry-deleted"' in page
    assert 'data-testid="late-entry"' in page
    assert "08:06:00</time>" in page and "2026-11-23 06:06:00 UTC" in page
    assert 'data-testid="chain-badge" data-intact="true"' in page
    assert 'data-testid="summary-root-cause"' in page and "13,200" in page
    assert "Add the plug to the changeover checklist" in page


async def test_the_timeline_is_filtered_by_kind(house: WebHouse) -> None:
    number = await tell_stories(house)
    client = await house.signed_in("Veera Heikkilä")
    page = (await client.get(f"/incidents/{number}?type=message&type=action_taken")).text
    assert set(re.findall(r'data-seq="\d+" data-type="(\w+)"', page)) == {"message", "action_taken"}
    assert (await client.get(f"/incidents/{number}?type=nonsense")).status_code == 200


async def test_one_can_look_at_any_earlier_moment(house: WebHouse) -> None:
    number = await tell_stories(house)
    client = await house.signed_in("Veera Heikkilä")
    answer = await client.get(f"/incidents/{number}?at=2026-11-23T08:02:00")
    assert answer.headers["location"] == f"/incidents/{number}?as_of=2026-11-23T06%3A02%3A00.999999Z"
    page = (await client.get(answer.headers["location"])).text
    assert 'data-testid="as-of-banner"' in page and "live.js" not in page
    assert 'data-testid="summary"' not in page and "Investigating" not in re.sub(
        r'<ol class="steps.*?</ol>', "", page, flags=re.S
    )
    now = (await client.get(f"/incidents/{number}")).text
    moment = re.findall(r'href="([^"]+)" data-testid="entry-time"', now)[-1].replace("&amp;", "&")
    assert 'data-testid="as-of-banner"' in (await client.get(moment)).text


async def test_one_goes_from_moment_to_moment_through_a_timeline_of_any_length(house: WebHouse, door: Door) -> None:
    made = await house.incident(door, "Filler 2 jammed")
    begun, timo = house.clock.now(), house.tenant.member("Timo Nieminen")
    for number in range(1, 1201):
        said_at = begun + timedelta(seconds=number)
        say(house.tenant.book, UUID(made["id"]), timo, f"message {number}", said_at, str(number))
    moments = [entry.recorded_at for entry in house.tenant.book.entries[UUID(made["id"])]]
    client = await house.signed_in("Veera Heikkilä")

    async def neighbours(shown: datetime) -> dict[str, str]:
        page = (await client.get("/incidents/INC-1", params={"as_of": shown.isoformat()})).text
        return {
            which: unquote(url)
            for url, which in re.findall(r'href="([^"]+)" data-testid="as-of-(earlier|later)"', page)
        }

    def url(moment: datetime) -> str:
        return f"/incidents/INC-1?as_of={moments_words.iso(moment)}"

    assert await neighbours(moments[1100]) == {"earlier": url(moments[1099]), "later": url(moments[1101])}
    assert await neighbours(moments[-1]) == {"earlier": url(moments[-2])}
    assert await neighbours(moments[0]) == {"later": url(moments[1])}


async def test_a_moment_before_the_incident_shows_its_beginning(house: WebHouse) -> None:
    number = await tell_stories(house)
    client = await house.signed_in("Veera Heikkilä")
    answer = await client.get(f"/incidents/{number}?at=2020-01-01T00:00", follow_redirects=True)
    assert answer.status_code == 200 and 'data-seq="1"' in answer.text and 'data-seq="5"' not in answer.text
    assert (await client.get(f"/incidents/{number}?as_of=2020-01-01T00:00:00Z")).status_code == 200
    assert (await client.get(f"/incidents/{number}?as_of=yesterday")).status_code == 422


async def test_files_are_downloads_that_no_browser_runs(house: WebHouse, door: Door) -> None:
    made = await house.incident(door)
    svg, photo = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", png()
    ids = [house.ids.new(), house.ids.new()]
    for file_id, name, kind, body in (
        (ids[0], 'a "b".svg', "image/svg+xml", svg),
        (ids[1], "ä.png", "image/png", photo),
    ):
        key = f"{house.slug}/{file_id}"
        house.blobs.objects[key] = body
        share(
            house.tenant.book, UUID(made["id"]), house.tenant.member("Timo Nieminen"), house.clock.now(),
            file_id=file_id, name=name, kind=kind, body=body, key=key,
        )  # fmt: skip
    client = await house.signed_in("Veera Heikkilä")
    answer = await client.get(f"/incidents/INC-1/files/{ids[0]}")
    assert answer.content == svg
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert (
        "sandbox" in answer.headers["content-security-policy"] and answer.headers["x-content-type-options"] == "nosniff"
    )
    answer = await client.get(f"/incidents/INC-1/files/{ids[1]}")
    assert (answer.content, answer.headers["content-type"]) == (photo, "image/png")
    assert "filename*=UTF-8''%C3%A4.png" in answer.headers["content-disposition"]
    assert (
        await client.get(f"/incidents/INC-1/files/{ids[1]}", headers={"If-None-Match": answer.headers["etag"]})
    ).status_code == 304
    page = (await client.get("/incidents/INC-1")).text
    assert (
        f'<img src="/incidents/INC-1/files/{ids[1]}"' in page
        and f'<img src="/incidents/INC-1/files/{ids[0]}"' not in page
    )
    stranger = await house.door("Aino Korhonen", slug=house.other_slug)
    path = f"http://haveri.test/incidents/{made['id']}/files/{ids[1]}"
    assert (await stranger.client.get(path, headers={"Authorization": f"Bearer {stranger.token}"})).status_code == 404
    assert (await house.client().get(path)).status_code == 303
    del house.blobs.objects[f"{house.slug}/{ids[1]}"]
    assert (await client.get(f"/incidents/INC-1/files/{ids[1]}")).status_code == 404


async def test_a_file_whose_key_lies_elsewhere_is_not_handed_out(house: WebHouse, door: Door) -> None:
    made, file_id = await house.incident(door), house.ids.new()
    key = f"{house.other_slug}/secret"
    house.blobs.objects[key] = b"secret"
    share(
        house.tenant.book, UUID(made["id"]), house.tenant.member("Timo Nieminen"), house.clock.now(),
        file_id=file_id, name="x", kind="text/plain", body=b"secret", key=key,
    )  # fmt: skip
    answer = await (await house.signed_in("Veera Heikkilä")).get(f"/incidents/INC-1/files/{file_id}")
    assert answer.status_code == 404 and "secret" not in answer.text.replace("secrets", "")


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/incidents/INC-99", 404, "There is no incident INC-99"),
        ("/nowhere", 404, "There is nothing here"),
        ("/plant?facility=01900000-0000-7000-8000-000000000001", 404, "There is no facility"),
        ("/plant?facility=x", 422, "That does not fit"),
    ],
)
async def test_what_is_not_there_is_said_kindly(house: WebHouse, path: str, status: int, said: str) -> None:
    answer = await (await house.signed_in("Veera Heikkilä")).get(path)
    assert answer.status_code == status and said in answer.text and 'data-testid="error-home"' in answer.text


async def test_an_absent_service_gives_a_page_that_says_try_again(house: WebHouse) -> None:
    client = await house.signed_in("Veera Heikkilä")
    house.plants.away.add("incident")
    answer = await client.get("/incidents")
    assert answer.status_code == 503 and 'data-testid="error-again"' in answer.text and answer.headers["retry-after"]


async def test_pages_speak_the_members_language_and_the_form_the_browsers(house: WebHouse) -> None:
    veera = house.tenant.member("Veera Heikkilä")
    house.tenant.put(veera.model_copy(update={"locale": "fi"}))
    page = (await (await house.signed_in("Veera Heikkilä")).get("/")).text
    assert '<html lang="fi"' in page and "Häiriöt" in page and "Yleiskuva" in page
    page = (await house.client().get("/sign-in", headers={"Accept-Language": "de-AT,de;q=0.9,en;q=0.8"})).text
    assert '<html lang="de"' in page and "Anmelden" in page


async def test_settings_make_a_token_that_is_shown_once_and_revoked(house: WebHouse) -> None:
    client = await house.signed_in("Aino Korhonen")
    token = form_token((await client.get("/settings")).text)
    page = await client.post(
        "/settings/tokens", data={"name": "scada", "scope": "read", "days": "30", "form_token": token}
    )
    secret = re.search(r'data-testid="token-secret">([^<]+)<', page.text)[1]  # type: ignore[index]
    assert (await Door(house.client(), secret)("GET", "/me")).json()["scopes"] == ["read"]
    again = (await client.get("/settings")).text
    assert secret not in again and "scada" in again
    revoke = re.search(r'action="(/settings/tokens/[^"]+/revoke)"', again)[1]  # type: ignore[index]
    await client.post(revoke, data={"form_token": token})
    assert (await Door(house.client(), secret)("GET", "/me")).json()["type"] == "token-revoked"


async def test_settings_save_where_chat_is_and_say_what_is_wrong(house: WebHouse) -> None:
    client = await house.signed_in("Aino Korhonen")
    token = form_token((await client.get("/settings")).text)
    fields = {"tenant_id": "t-1", "team_id": "g-1", "incident_channel": "thread", "form_token": token}
    answer = await client.post("/settings/chat", data=fields)
    assert answer.headers["location"] == "/settings?done=chat"
    assert house.tenant.chat and house.tenant.chat.incident_channel == "thread"
    answer = await client.post("/settings/chat", data={**fields, "team_id": " "})
    assert answer.status_code == 422 and "team_id" in answer.text


async def test_settings_of_the_organisation_are_not_for_everybody(house: WebHouse) -> None:
    client = await house.signed_in("Sanna Virtanen")
    page = (await client.get("/settings")).text
    assert 'data-testid="token-form"' not in page and 'data-testid="chat-form"' not in page
    for path in ("/settings/tokens", "/settings/chat"):
        answer = await client.post(path, data={"name": "x", "scope": "read", "form_token": form_token(page)})
        assert answer.status_code == 403 and "not for your role" in answer.text


async def test_a_form_without_its_token_changes_nothing(house: WebHouse) -> None:
    client = await house.signed_in("Aino Korhonen")
    for path in ("/settings/password", "/settings/tokens", "/settings/chat", "/sign-out"):
        assert (await client.post(path, data={"name": "x", "scope": "read"})).status_code == 403, path
    token = form_token((await client.get("/settings")).text)
    answer = await client.post(
        "/settings/tokens",
        data={"name": "x", "scope": "read", "form_token": token},
        headers={"Origin": "https://evil.example"},
    )
    assert answer.status_code == 403


async def test_our_own_files_may_be_kept_and_nothing_else_is_served(house: WebHouse) -> None:
    client = house.client()
    page = (await client.get("/sign-in")).text
    sheet = re.search(r'href="(/static/haveri.css\?v=[0-9a-f]+)"', page)[1]  # type: ignore[index]
    answer = await client.get(sheet)
    assert "immutable" in answer.headers["cache-control"] and answer.headers["content-type"].startswith("text/css")
    for path in ("/static/../main.py", "/static/%2e%2e/main.py", "/static/secrets"):
        assert (await client.get(path)).status_code == 404


async def test_the_documentation_page_needs_nobody_and_nothing_else(house: WebHouse) -> None:
    page = (await house.client().get("/api/docs")).text
    assert "/api/v1/incidents/{id}/timeline" in page and "<script" not in page
