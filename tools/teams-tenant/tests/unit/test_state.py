"""The store keeps what it acknowledged; settings and the feed tell the truth."""

from __future__ import annotations

from pathlib import Path

import pytest

from haveri_teams_tenant.clock import Clock, Ids
from haveri_teams_tenant.identity.keys import KeyRing
from haveri_teams_tenant.settings import SettingsError, TenantSettings
from haveri_teams_tenant.state.feed import Feed
from haveri_teams_tenant.state.records import Tenant
from haveri_teams_tenant.state.store import Store


def test_a_failed_transaction_keeps_nothing_and_the_next_one_works(tmp_path: Path) -> None:
    store = Store(tmp_path / "x.sqlite3")
    with pytest.raises(RuntimeError), store.transaction():
        store.save([Tenant(id="1", name="lost")])
        raise RuntimeError
    store.save([Tenant(id="2", name="kept")])
    assert [tenant.name for tenant in Store(tmp_path / "x.sqlite3").load(Tenant)] == ["kept"]


def test_a_rotated_key_can_stay_published_or_go(tmp_path: Path) -> None:
    store = Store(tmp_path / "x.sqlite3")
    ring = KeyRing("entra", store, Ids())
    first = ring.current.kid
    second = ring.rotate(keep_old=True)
    assert ring.find(first) is not None
    third = ring.rotate(keep_old=False)
    assert ring.find(first) is None and ring.find(second) is None
    assert KeyRing("entra", store, Ids()).current.kid == third


async def test_a_reader_with_a_cursor_of_a_former_process_is_told_to_look_afresh() -> None:
    former = Feed(Clock())
    former.append("message.created", "t")
    feed = Feed(Clock())
    assert feed.lost(former.cursor)
    assert not feed.lost(feed.cursor)
    feed.append("message.created", "t")
    assert [change.kind for change in feed.since(feed.cursor - 1, lambda _: True)] == ["message.created"]
    assert feed.lost(feed.cursor + 1)


async def test_a_wait_ends_without_a_change_at_its_time_and_at_a_stop() -> None:
    feed = Feed(Clock())
    assert await feed.wait(feed.cursor, lambda _: True, timeout=0.01) == []
    feed.close()
    assert await feed.wait(feed.cursor, lambda _: True, timeout=60) == []


def test_settings_come_from_the_environment_and_name_what_is_wrong() -> None:
    settings = TenantSettings.from_environment({"HAVERI_TENANT_PORT": "4000", "HAVERI_TENANT_PUBLIC_URL": "http://x/"})
    assert (settings.port, settings.base_url, settings.service_url) == (4000, "http://x", "http://x/amer/")
    with pytest.raises(SettingsError, match="HAVERI_TENANT_PORT"):
        TenantSettings.from_environment({"HAVERI_TENANT_PORT": "many"})
