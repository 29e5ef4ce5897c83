"""Signing in with a password: what a browser gets, and what an attacker does not."""

from __future__ import annotations

import asyncio

import pytest
from web_house import PASSWORD, Door, WebHouse, form_token, sign_in

from haveri_contracts.refusals import EmailTaken
from haveri_web.adapters.passwords import Hasher
from haveri_web.domain.refusals import Busy, PasswordTooWeak
from haveri_web.security.accounts import set_password


async def test_whoever_is_not_signed_in_is_taken_to_the_form_and_back(house: WebHouse) -> None:
    email, client = await house.account("Sanna Virtanen"), house.client()
    answer = await client.get("/incidents?status=OPEN")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Fincidents%3Fstatus%3DOPEN")
    answer = await sign_in(client, email, PASSWORD, next="/incidents?status=OPEN")
    assert (answer.status_code, answer.headers["location"]) == (303, "/incidents?status=OPEN")
    assert (await client.get("/incidents?status=OPEN")).status_code == 200


@pytest.mark.parametrize(
    "next", ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil", "javascript:alert(1)"]
)
async def test_sign_in_leads_nowhere_but_to_our_own_pages(house: WebHouse, next: str) -> None:
    answer = await sign_in(house.client(), await house.account("Sanna Virtanen"), PASSWORD, next=next)
    assert answer.headers["location"] == "/"


async def test_the_session_cookie_is_for_browsers_alone(house: WebHouse) -> None:
    answer = await sign_in(house.client(), await house.account("Sanna Virtanen"), PASSWORD)
    cookie = next(value for value in answer.headers.get_list("set-cookie") if value.startswith("haveri_session="))
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Path=/" in cookie and "Secure" not in cookie


async def test_with_https_the_cookie_is_secure_and_bound_to_this_host(
    web_schema: object, fresh_organization: object
) -> None:
    house = await WebHouse.start(web_schema, fresh_organization, public_url="https://haveri.test")  # type: ignore[arg-type]
    client = house.client("https://haveri.test")
    answer = await sign_in(client, await house.account("Sanna Virtanen"), PASSWORD)
    cookie = next(value for value in answer.headers.get_list("set-cookie") if "haveri_session=" in value)
    assert cookie.startswith("__Host-haveri_session=") and "Secure" in cookie
    assert "max-age" in (await client.get("/")).headers["strict-transport-security"]
    await house.stop()


async def test_only_the_digest_of_a_cookie_is_kept(house: WebHouse) -> None:
    client = await house.signed_in("Sanna Virtanen")
    cookie = client.cookies["haveri_session"]
    async with house.database.transaction(house.slug) as connection:
        rows = await connection.fetch("SELECT to_jsonb(sessions)::text AS row FROM sessions")
        hashes = await connection.fetch("SELECT password_hash FROM accounts")
    assert rows and not any(cookie in row["row"] for row in rows)
    assert all(row["password_hash"].startswith("$argon2id$") for row in hashes)


async def test_the_cookie_changes_at_sign_in_and_the_old_one_dies(house: WebHouse) -> None:
    client = await house.signed_in("Sanna Virtanen")
    old = client.cookies["haveri_session"]
    await sign_in(client, house.tenant.member("Sanna Virtanen").email, PASSWORD)
    assert client.cookies["haveri_session"] != old
    thief = house.client()
    thief.cookies.set("haveri_session", old)
    assert (await thief.get("/")).status_code == 303


async def test_signing_out_ends_the_session_for_good(house: WebHouse) -> None:
    client = await house.signed_in("Sanna Virtanen")
    cookie, token = client.cookies["haveri_session"], form_token((await client.get("/")).text)
    assert (await client.post("/sign-out", data={"form_token": token})).headers["location"] == "/sign-in"
    client.cookies.set("haveri_session", cookie)
    assert (await client.get("/")).status_code == 303


async def test_a_session_ends_when_unused_and_at_the_latest_after_its_time(house: WebHouse) -> None:
    client = await house.signed_in("Sanna Virtanen")
    for _ in range(4):
        house.advance(days=6)
        assert (await client.get("/")).status_code == 200
    house.advance(days=8)
    assert (await client.get("/")).status_code == 303
    client = await house.signed_in("Sanna Virtanen")
    for _ in range(5):
        house.advance(days=6)
        answer = await client.get("/")
    assert answer.status_code == 303


async def test_wrong_password_unknown_person_and_unclear_organisation_look_alike(house: WebHouse) -> None:
    email = await house.account("Sanna Virtanen")
    shared = "both@example.com"
    for slug in (house.slug, house.other_slug):
        member = house.plants.tenants[slug].member("Timo Nieminen")
        await set_password(house.database, slug, member.id, shared, PASSWORD, hasher=house.hasher, clock=house.clock)
    pages = set()
    for address, password in ((email, "wrong password"), ("nobody@example.com", PASSWORD), (shared, PASSWORD)):
        answer = await sign_in(house.client(), address, password)
        assert answer.status_code == 401
        told = answer.text.split('data-testid="sign-in-problem"')[1].split("</p>")[0]
        pages.add(told)
    assert len(pages) == 1
    answer = await sign_in(house.client(), shared, PASSWORD, organization=house.other_slug)
    assert answer.status_code == 303


async def test_an_unknown_account_costs_a_hash_as_well() -> None:
    class Counting(Hasher):
        verified = 0

        def _verify(self, kept: str, password: str) -> bool:
            self.verified += 1
            return super()._verify(kept, password)

    from web_house import CHEAP

    hasher = Counting(CHEAP)
    kept = await hasher.hash("a good password")
    for stored in (kept, None):
        assert not await hasher.matches(stored, "a wrong password")
    assert hasher.verified == 2


async def test_guessing_is_held_back_per_account_before_anything_is_hashed(house: WebHouse) -> None:
    email = await house.account("Sanna Virtanen")
    answers = [await sign_in(house.client(), email, f"guess {number}") for number in range(11)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    assert (await sign_in(house.client(), email, PASSWORD)).status_code == 429
    house.advance(minutes=5)
    assert (await sign_in(house.client(), email, PASSWORD)).status_code == 303


async def test_guessing_is_held_back_per_address_whatever_the_account(house: WebHouse) -> None:
    codes = [(await sign_in(house.client(), f"p{number}@example.com", "guess")).status_code for number in range(31)]
    assert codes == [401] * 30 + [429]


async def test_who_knows_the_password_is_never_held_back(house: WebHouse) -> None:
    email = await house.account("Sanna Virtanen")
    codes = {(await sign_in(house.client(), email, PASSWORD)).status_code for _ in range(35)}
    assert codes == {303}


async def test_too_many_hashes_at_once_are_refused_rather_than_queued_for_ever() -> None:
    from web_house import CHEAP

    hasher = Hasher(CHEAP)
    answers = await asyncio.gather(*(hasher.hash("a good password") for _ in range(60)), return_exceptions=True)
    assert any(isinstance(answer, Busy) for answer in answers)
    assert sum(isinstance(answer, str) for answer in answers) >= 30


async def test_a_form_from_elsewhere_signs_nobody_in(house: WebHouse) -> None:
    email, client = await house.account("Sanna Virtanen"), house.client()
    fields = {"email": email, "password": PASSWORD}
    assert (await client.post("/sign-in", data=fields)).status_code == 403
    token = form_token((await client.get("/sign-in")).text)
    fields["form_token"] = token
    answer = await client.post("/sign-in", data=fields, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert (await house.client().post("/sign-in", data=fields)).status_code == 403
    assert (await client.post("/sign-in", data=fields, headers={"Origin": "http://haveri.test"})).status_code == 303


async def test_a_session_changes_nothing_through_the_api_without_our_own_form_token(
    house: WebHouse, door: Door
) -> None:
    await house.incident(door)
    client = await house.signed_in("Sanna Virtanen")
    path = "/api/v1/incidents/INC-1/acknowledge"
    me = (await client.get("/api/v1/me")).json()
    assert (await client.post(path)).json()["type"] == "foreign-origin"
    token = {"X-Form-Token": me["form_token"]}
    assert (await client.post(path, headers={**token, "Origin": "https://evil.example"})).status_code == 403
    assert (await client.post(path, headers={**token, "Sec-Fetch-Site": "cross-site"})).status_code == 403
    assert (await client.post(path, headers={**token, "Origin": "http://haveri.test"})).status_code == 200


async def test_a_removed_member_is_signed_out(house: WebHouse) -> None:
    client = await house.signed_in("Sanna Virtanen")
    house.tenant.things["member"].pop(house.tenant.member("Sanna Virtanen").id)
    answer = await client.get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=&why=member-removed")
    assert "no longer a member" in (await client.get(answer.headers["location"])).text
    async with house.database.transaction(house.slug) as connection:
        assert await connection.fetchval("SELECT count(*) FROM sessions") == 0


async def test_a_new_password_signs_out_everywhere_but_here(house: WebHouse) -> None:
    here, elsewhere = await house.signed_in("Sanna Virtanen"), house.client()
    await sign_in(elsewhere, house.tenant.member("Sanna Virtanen").email, PASSWORD)
    token = form_token((await here.get("/settings")).text)
    fields = {"present": PASSWORD, "new": "a quite new phrase", "form_token": token}
    assert (await here.post("/settings/password", data=fields)).headers["location"] == "/settings?done=password"
    assert (await here.get("/settings")).status_code == 200
    assert (await elsewhere.get("/settings")).status_code == 303
    answer = await sign_in(house.client(), house.tenant.member("Sanna Virtanen").email, "a quite new phrase")
    assert answer.status_code == 303


async def test_the_present_password_is_asked_for_and_a_weak_one_refused(house: WebHouse) -> None:
    client = await house.signed_in("Sanna Virtanen")
    token = form_token((await client.get("/settings")).text)
    for present, new, status, said in (
        ("wrong", "a quite new phrase", 401, "present password is not right"),
        (PASSWORD, "short", 422, "at least 10 characters"),
    ):
        answer = await client.post("/settings/password", data={"present": present, "new": new, "form_token": token})
        assert answer.status_code == status and said in answer.text


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaaa", "sanna@example.com", "x" * 201])
async def test_a_password_too_easy_to_guess_is_refused(house: WebHouse, password: str) -> None:
    member = house.tenant.member("Sanna Virtanen")
    with pytest.raises(PasswordTooWeak):
        await set_password(house.database, house.slug, member.id, "sanna@example.com", password, hasher=house.hasher)


async def test_two_members_of_one_organisation_cannot_share_an_address(house: WebHouse) -> None:
    await house.account("Sanna Virtanen")
    timo = house.tenant.member("Timo Nieminen")
    with pytest.raises(EmailTaken):
        await set_password(
            house.database,
            house.slug,
            timo.id,
            house.tenant.member("Sanna Virtanen").email,
            PASSWORD,
            hasher=house.hasher,
        )


async def test_dead_sessions_and_old_keys_are_forgotten(house: WebHouse, door: Door) -> None:
    from haveri_web.security.housekeeping import tidy

    await house.signed_in("Sanna Virtanen")
    await house.incident(door)
    await door("POST", "/incidents/INC-1/acknowledge", headers={"Idempotency-Key": "1"})
    house.advance(days=31)
    await tidy(house.database, house.clock, house.web.sessions.idle)
    async with house.database.transaction(house.slug) as connection:
        for table in ("sessions", "idempotency_keys"):
            assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0
        assert await connection.fetchval("SELECT count(*) FROM tokens") == 1
