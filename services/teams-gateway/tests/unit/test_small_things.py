"""Hosts, references, sameness, answers: the small things that much hangs on."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haveri_chassis.settings import SettingsError, load_settings
from haveri_chat.ports import Conflict, PlatformRefused, PlatformUnavailable
from haveri_teams_gateway.adapters.teams.answers import judge, retry_after
from haveri_teams_gateway.adapters.teams.lookup import found_among
from haveri_teams_gateway.domain.activities import Arrival, Edited, ExpectedAnswer, Pressed, Said, Sender
from haveri_teams_gateway.domain.allowed_hosts import AllowedHosts
from haveri_teams_gateway.domain.references import Conversation, split_reference, thread_reference
from haveri_teams_gateway.domain.sameness import DerivedIds, fingerprint, identity
from haveri_teams_gateway.settings import MICROSOFT_HOSTS, GatewaySettings
from haveri_teams_gateway.store.sent_texts import SentText

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ARRIVAL = Arrival(
    "1", "message", NOW, Sender("29:anna", "anna", "Anna"), Conversation("19:c@thread.tacv2", "tenant"), "https://x/"
)


@pytest.mark.parametrize(
    ("url", "admitted"),
    [
        ("https://smba.trafficmanager.net/amer/", True),
        ("http://smba.trafficmanager.net/amer/", False),
        ("https://smba.trafficmanager.net.evil.example/", False),
        ("https://evil.example/?smba.trafficmanager.net", False),
        ("https://user@smba.trafficmanager.net/", False),
        ("https://smba.trafficmanager.net@evil.example/", False),
        ("//smba.trafficmanager.net/", False),
        ("https://[broken/", False),
        ("", False),
    ],
)
def test_only_microsofts_hosts_are_talked_to_unless_told_otherwise(url: str, admitted: bool) -> None:
    assert AllowedHosts.parse(MICROSOFT_HOSTS).admit(url) is admitted


def test_this_machine_may_be_talked_to_without_https_and_others_when_that_is_said() -> None:
    hosts = AllowedHosts.parse("127.0.0.1, http://teams-tenant:3990")
    assert hosts.admit("http://127.0.0.1:40000/amer/")
    assert hosts.admit("http://teams-tenant:3990/amer/")
    assert not hosts.admit("http://teams-tenant:3991/amer/")
    for wrong in ("", " , ", "ftp://x", "https://x/path"):
        with pytest.raises(ValueError, match=r"host|names"):
            AllowedHosts.parse(wrong)


@given(st.text(alphabet="abc:@.", min_size=1), st.text(alphabet="0123456789", min_size=1))
def test_a_thread_reference_comes_apart_as_it_was_put_together(channel: str, message: str) -> None:
    assert split_reference(thread_reference(channel, message)) == (channel, message)


def test_the_same_words_in_the_same_millisecond_are_one_message_under_any_id() -> None:
    said = Said(ARRIVAL, "belt torn")
    renumbered = Said(replace(ARRIVAL, id="2"), "belt torn")
    later = Said(replace(ARRIVAL, id="2", sent_at=NOW + timedelta(milliseconds=1)), "belt torn")
    assert identity(said) != identity(renumbered)
    assert fingerprint(said) == fingerprint(renumbered) != fingerprint(later)


def test_two_edits_of_a_message_are_two_though_they_share_its_id() -> None:
    first, second = Edited(ARRIVAL, "a"), Edited(replace(ARRIVAL, sent_at=NOW + timedelta(seconds=1)), "b")
    assert identity(first) != identity(second)


def test_a_press_is_known_by_its_nonce_and_who_pressed() -> None:
    def press(nonce: str, who: str = "29:anna", expected: ExpectedAnswer = ExpectedAnswer.CARD, at: int = 0) -> str:
        arrival = replace(ARRIVAL, sender=Sender(who, None, ""), sent_at=NOW + timedelta(seconds=at))
        return fingerprint(Pressed(arrival, {"verb": "ack", "incident": "i", "nonce": nonce}, {}, expected))

    assert press("1.ack") == press("1.ack", at=9)
    assert len({press("1.ack"), press("2.ack"), press("1.ack", "29:mikko")}) == 3
    # Opening a form changes nothing, and each opening is a form of its own.
    assert press("1.note", expected=ExpectedAnswer.DIALOG) != press("1.note", expected=ExpectedAnswer.DIALOG, at=9)


@given(st.uuids(), st.integers(1, 20))
def test_derived_ids_are_uuid7_distinct_and_the_same_again(activity: uuid.UUID, count: int) -> None:
    ids, again, other = (DerivedIds(activity, purpose) for purpose in ("a", "a", "b"))
    made = [ids.new() for _ in range(count)]
    assert made == [again.new() for _ in range(count)]
    assert len({*made, *(other.new() for _ in range(count))}) == 2 * count
    assert all(one.version == 7 and one.variant == uuid.RFC_4122 for one in made)


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (429, b"", PlatformUnavailable),
        (503, b"<html>", PlatformUnavailable),
        (401, b"{}", PlatformUnavailable),
        (403, b'{"error": {"code": "BotNotInConversationRoster"}}', PlatformRefused),
        (400, b'{"error": {"code": "BadRequest", "message": "Channel name already existed"}}', Conflict),
        (400, b'{"error": {"code": "x", "innerError": {"code": "NameAlreadyExists"}}}', Conflict),
        (400, b'{"error": "text"}', PlatformRefused),
        (404, b"[]", PlatformRefused),
    ],
)
def test_what_microsoft_answers_is_understood(status: int, body: bytes, error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        judge("post", status, {}, body, NOW)
    assert type(caught.value) is error


def test_a_wait_is_named_in_seconds_or_by_a_date() -> None:
    assert retry_after({"retry-after": "7"}, NOW) == 7
    assert retry_after({"retry-after": "Mon, 23 Nov 2026 12:00:30 GMT"}, NOW) == 30
    assert retry_after({"retry-after": "soon"}, NOW) is None
    assert retry_after({}, NOW) is None
    for endless in ("inf", "1e400", "9" * 400, "Mon, 23 Nov 9999 12:00:30 GMT"):
        assert retry_after({"retry-after": endless}, NOW) == 86_400
    assert retry_after({"retry-after": "nan"}, NOW) == 0


def test_what_the_bot_posted_is_found_by_marker_or_by_words_and_nobody_elses_is() -> None:
    mine, theirs = {"application": {"id": "APP"}}, {"user": {"id": "u"}}
    card = {"id": "5", "from": mine, "attachments": [{"content": '{"body": [{"id": "m:1"}]}'}]}
    copied = {"id": "6", "from": theirs, "attachments": [{"content": '{"body": [{"id": "m:1"}]}'}]}
    said = {
        "id": "7",
        "from": mine,
        "createdDateTime": "2026-11-23T12:00:01Z",
        "body": {"content": '<div><at id="0">Anna</at>, you&nbsp;lead</div>'},
    }
    sought = SentText("19:c", "<at>Anna</at>, you lead", NOW, None)
    assert found_among([copied, card], "app", "m:1", None) == "5"
    assert found_among([copied], "app", "m:1", None) is None
    assert found_among([said], "app", "m:2", sought) == "7"
    assert found_among([said], "app", "m:2", replace(sought, begun_at=NOW + timedelta(hours=1))) is None


def test_a_text_is_found_again_whether_or_not_teams_shows_what_was_escaped_in_it() -> None:
    sought = SentText("19:c", "Shift\\_A \\*is\\* <\u200bb>needed: <at>Anna</at>", NOW, None)
    for content in (sought.text, "<p>Shift_A *is* &lt;b&gt;needed: <at>Anna</at></p>"):
        message = {
            "id": "7",
            "from": {"application": {"id": "APP"}},
            "createdDateTime": "2026-11-23T12:00:01Z",
            "body": {"content": content},
        }
        assert found_among([message], "app", "m:2", sought) == "7"


NEEDED = {
    "DATABASE_URL": "postgresql://x",
    "NATS_URL": "nats://x",
    "S3_ENDPOINT": "http://x",
    "S3_ACCESS_KEY": "a",
    "S3_SECRET_KEY": "s",
    "S3_BUCKET": "b",
    "TEAMS_APP_ID": "0F5F0C6E-6a4e-4b5e-9d55-7c39a7d0a111",
    "TEAMS_APP_SECRET": "secret",
    "TEAMS_TENANT_ID": "0f5f0c6e-6a4e-4b5e-9d55-7c39a7d0a112",
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TEAMS_APP_ID", ""),
        ("TEAMS_APP_ID", "haveri"),
        ("TEAMS_APP_SECRET", None),
        ("TEAMS_LOGIN_URL", "login.example"),
        ("TEAMS_SERVICE_URL_HOSTS", "https://x/path"),
        ("S3_BUCKET", None),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_sentence_that_names_it(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str | None
) -> None:
    for needed, given_value in {**NEEDED, name: value}.items():
        if given_value is not None:
            monkeypatch.setenv(f"HAVERI_{needed}", given_value)
    with pytest.raises(SettingsError, match=f"HAVERI_{name}") as caught:
        load_settings(GatewaySettings)
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value).replace("client secret", "")


def test_settings_have_microsofts_addresses_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in NEEDED.items():
        monkeypatch.setenv(f"HAVERI_{name}", value)
    settings = load_settings(GatewaySettings)
    assert settings.teams_graph_url == "https://graph.microsoft.com/v1.0"
    assert settings.teams_app_id == NEEDED["TEAMS_APP_ID"].lower()
