"""What pages and documents say: in three languages, without markup, at the right clock."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from haveri_contracts.catalogue import all_messages
from haveri_contracts.message import Event
from haveri_contracts.plain import EntryType, Role, Severity, Status
from haveri_contracts.refusals import IncidentUnknown
from haveri_texts.upkeep import findings
from haveri_web.accounts.pages import local_path
from haveri_web.app import NAVIGATION
from haveri_web.bus.incidents import canonical
from haveri_web.domain.access import Scope
from haveri_web.http.problems import STATUS, status_of
from haveri_web.incidents.attachments import readable_size, safe_headers
from haveri_web.incidents.export import plain
from haveri_web.incidents.views import IncidentView
from haveri_web.rendering import moments
from haveri_web.texts import CATALOGUE, language_of, translator

HELSINKI = ZoneInfo("Europe/Helsinki")


def test_every_text_exists_in_every_language_with_the_same_gaps() -> None:
    assert findings(CATALOGUE.locales, CATALOGUE.english) == []
    assert all(CATALOGUE.english.values())


def test_counted_things_are_one_or_many_and_numbers_are_the_languages() -> None:
    english, finnish, german = translator("en"), translator("fi"), translator("de")
    assert english("timeline.count", count=1) == "1 entry"
    assert finnish("timeline.count", count=1) == "1 merkintä"
    assert german("timeline.count", count=12_345) == "12.345 Einträge"
    assert finnish("timeline.count", count=12_345) == "12\N{NO-BREAK SPACE}345 merkintää"
    assert english("duration.minutes", count=1.5) == "1.5 minutes"
    assert german.listed(["A", "B", "C"], "or") == "A, B oder C"
    assert english.listed(["A", "B", "C"]) == "A, B and C"


def test_every_text_that_a_template_names_is_in_the_catalogue() -> None:
    for template in Path(str(files("haveri_web") / "templates")).rglob("*.html"):
        for key in re.findall(r'\bt\("([a-z_.A-Z]+)"(?:, |\))', template.read_text()):
            assert key in CATALOGUE, (template.name, key)


def test_every_fact_and_every_tab_has_its_text() -> None:
    nothing_known: Any = (None for _ in fields(IncidentView))
    facts = IncidentView(*nothing_known).facts
    names = [f"incident.{name}" for fact in facts for name in (fact.name, fact.missing) if name]
    tabs = [f"nav.{name}" for name, _, _ in NAVIGATION]
    assert [key for key in (*names, *tabs) if key not in CATALOGUE] == []


def test_every_label_of_an_entry_belongs_to_a_kind_or_an_event() -> None:
    kinds = {f"entry.{kind}" for kind in EntryType}
    events = {f"entry.{message.name}" for message in all_messages() if issubclass(message, Event)}
    assert {key for key in CATALOGUE.english if key.startswith("entry.")} <= kinds | events


def test_every_value_of_the_domain_has_a_name() -> None:
    for prefix, values in (
        ("status", Status),
        ("severity", Severity),
        ("entry", EntryType),
        ("role", Role),
        ("scope", Scope),
    ):
        assert {f"{prefix}.{value.value}" for value in values} <= CATALOGUE.english.keys()


def test_the_browsers_first_known_language_is_spoken() -> None:
    assert language_of("sv,fi;q=0.8,en;q=0.5") == "fi"
    assert language_of("") == "en"
    assert language_of("fi;q=0,de") == language_of("en;q=0.5, FI;q=0.80, de-AT") == "de"
    assert language_of("fi;q=0") == language_of(";q=1,*") == "en"


@given(st.text())
def test_text_in_a_markdown_document_cannot_become_markup(text: str) -> None:
    shown = plain(text)
    assert "\n" not in shown and "<" not in shown
    for position, sign in enumerate(shown):
        if sign in "*_`[]|#" and not shown[:position].endswith("\\"):
            raise AssertionError(shown)


@example("0\n")
@given(st.text(max_size=40))
def test_sign_in_leads_to_a_path_of_ours_whatever_was_asked(wanted: str) -> None:
    for asked in (wanted, f"/{wanted}", f"//{wanted}", f"/\\{wanted}"):
        path = local_path(asked)
        assert re.match(r"^/($|[^/\\\s])", path) and "\\" not in path and "\n" not in path


@pytest.mark.parametrize("name", ["INC-42\n", "INC-42 ", "\nINC-42", "INC-042", "42"])
def test_only_a_number_as_it_is_written_names_an_incident(name: str) -> None:
    assert canonical("inc-42") == "INC-42"
    with pytest.raises(IncidentUnknown):
        canonical(name)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_a_moment_survives_the_form_field_to_the_second(moment: datetime) -> None:
    read = moments.from_input(moments.for_input(moment, UTC_ZONE), UTC_ZONE)
    assert read is not None and timedelta(0) <= read - moment < timedelta(seconds=1)


UTC_ZONE = ZoneInfo("UTC")


def test_clocks_are_the_facilitys_and_utc_is_at_hand() -> None:
    moment = datetime(2026, 7, 1, 21, 30, 5, tzinfo=UTC)
    assert moments.local(moment, HELSINKI, "en", "full") == "02/07/2026 00:30:05"
    assert moments.local(moment, HELSINKI, "fi", "full") == "2.7.2026 0.30.05"
    assert moments.local(moment, HELSINKI, "de", "day_clock") == "02.07.2026 00:30"
    assert moments.utc(moment) == "2026-07-01 21:30:05 UTC"
    assert moments.from_input("2026-07-02T00:30:05", HELSINKI) == moment.replace(microsecond=999_999)
    assert moments.from_input("yesterday", HELSINKI) is None


@pytest.mark.parametrize(
    ("minutes", "said"), [(0, "0 min"), (59, "59 min"), (61, "1 h 1 min"), (2879, "47 h 59 min"), (2880, "2 d")]
)
def test_ages_are_told_in_words(minutes: int, said: str) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    assert moments.age(start, start + timedelta(minutes=minutes, seconds=59), translator("en")) == said


@pytest.mark.parametrize(("size", "said"), [(0, "0 B"), (999, "999 B"), (1400, "1.4 kB"), (25_000_000, "25 MB")])
def test_sizes_are_told_in_words(size: int, said: str) -> None:
    assert readable_size(size) == said


@given(st.text(min_size=1, max_size=80), st.text(max_size=40))
def test_no_file_name_breaks_out_of_its_header_and_no_type_is_run(name: str, kind: str) -> None:
    headers = safe_headers(name.encode("utf-8", "replace").decode(), kind, 1, "0" * 64)
    assert re.fullmatch(
        r"attachment; filename=\"[^\"\\\r\n]*\"; filename\*=UTF-8''[A-Za-z0-9%_.~-]+", headers["Content-Disposition"]
    )
    assert headers["Content-Disposition"].isascii()
    assert not re.search("html|svg|xml|script", headers["Content-Type"])


def test_refusals_have_one_status_each() -> None:
    assert status_of("incident-already-closed") == 409
    assert status_of("asset-unknown") == 404
    assert status_of("team-unknown", [{"field": "steps.0.notify.team_ids.0", "problem": "?"}]) == 422
    assert status_of("plant-not-importable", [{"field": "line 3", "problem": "?"}]) == 422
    assert status_of("name-taken", [{"field": "name", "problem": "?"}]) == 409
    assert set(STATUS.values()) <= {400, 401, 403, 404, 405, 413, 415, 422, 429, 500, 503}
