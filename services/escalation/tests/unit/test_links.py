"""Links that answer a call: made here, for one member, for a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt
import pytest

from haveri_contracts.refusals import LinkExpired
from haveri_devservers.testing.clock import ManualClock
from haveri_escalation.adapters.link_signer import LinkSigner
from haveri_escalation.domain.links import Link, LinkNotValid

KEY = "k" * 48
START = datetime(2026, 11, 23, 3, 14, tzinfo=UTC)
LINK = Link(UUID(int=1), UUID(int=2), UUID(int=3))


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
def signer(clock: ManualClock) -> LinkSigner:
    return LinkSigner(KEY, clock, "https://haveri.example/")


def test_a_link_leads_to_its_call_and_names_its_organisation_in_clear(signer: LinkSigner) -> None:
    url = signer.url("demo", LINK)
    assert url is not None and url.startswith("https://haveri.example/answer/demo.")
    assert signer.read("demo", url.rpartition("/")[2]) == LINK


def test_a_link_works_for_a_day_and_not_longer(signer: LinkSigner, clock: ManualClock) -> None:
    token = signer.token("demo", LINK)
    clock.advance(timedelta(hours=23, minutes=59))
    assert signer.read("demo", token) == LINK
    clock.advance(timedelta(minutes=1))
    with pytest.raises(LinkExpired):
        signer.read("demo", token)


def test_a_link_of_one_organisation_is_none_in_another_even_when_its_front_is_changed(signer: LinkSigner) -> None:
    token = signer.token("demo", LINK)
    for organization, shown in (("borealis", token), ("borealis", token.replace("demo.", "borealis.", 1))):
        with pytest.raises(LinkNotValid):
            signer.read(organization, shown)


def test_nobody_else_can_make_a_link(signer: LinkSigner, clock: ManualClock) -> None:
    good = signer.token("demo", LINK)
    head, payload, signature = good.removeprefix("demo.").split(".")
    claims = jwt.decode(good.removeprefix("demo."), options={"verify_signature": False})
    forged = [
        LinkSigner("x" * 48, clock, None).token("demo", LINK),
        f"demo.{jwt.encode(claims, '', 'none')}",
        f"demo.{head}.{payload}.",
        f"demo.{head}.{payload[:-4]}AAAA.{signature}",
        f"demo.{jwt.encode({**claims, 'call': 'no id'}, KEY, 'HS256')}",
        f"demo.{jwt.encode({**claims, 'exp': 'never'}, KEY, 'HS256')}",
        f"demo.{jwt.encode({name: claims[name] for name in claims if name != 'exp'}, KEY, 'HS256')}",
        "demo",
        "",
        "demo." + "." * 500,
    ]
    for token in forged:
        with pytest.raises(LinkNotValid):
            signer.read("demo", token)


def test_without_an_address_of_the_pages_there_are_no_links(clock: ManualClock) -> None:
    assert LinkSigner(KEY, clock, None).url("demo", LINK) is None
