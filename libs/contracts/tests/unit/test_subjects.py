"""Subjects are built and taken apart in one place, and nothing breaks out of its token."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haveri_contracts.subjects import (
    Kind,
    Subject,
    UnknownSubjectError,
    dead_letter_subject,
    everything_of,
    includes,
    outcome_subject,
    parse_subject,
    signal_subject,
    subject_for,
)
from haveri_contracts.types import ORGANIZATION_PATTERN

organizations = st.from_regex(ORGANIZATION_PATTERN, fullmatch=True)
tokens = st.from_regex(r"[a-z][a-z0-9_-]*", fullmatch=True)
versions = st.integers(1, 10**9 - 1)


@given(organizations, st.sampled_from(Kind), tokens, tokens, versions)
def test_parsing_undoes_building(organization: str, kind: Kind, owner: str, name: str, version: int) -> None:
    subject = subject_for(organization, kind, owner, name, version)
    parsed = parse_subject(subject)

    assert parsed == Subject(organization, kind, owner, name, version)
    assert str(parsed) == subject
    assert includes(everything_of(kind, owner, organization), subject)
    assert includes(everything_of(kind), subject)


@given(st.text())
def test_any_other_text_is_refused_as_no_subject_or_is_rebuilt_exactly(text: str) -> None:
    with suppress(UnknownSubjectError):
        assert str(parse_subject(text)) == text


@pytest.mark.parametrize(
    "subject",
    [
        "",
        "haveri",
        "haveri.demo.event.incident.declared",
        "haveri.demo.event.incident.declared.v1.more",
        "other.demo.event.incident.declared.v1",
        "haveri.Demo.event.incident.declared.v1",
        "haveri.demo\n.event.incident.declared.v1",
        "haveri.*.event.incident.declared.v1",
        "haveri.demo.news.incident.declared.v1",
        "haveri.demo.event.>.declared.v1",
        "haveri.demo.event.incident..v1",
        "haveri.demo.event.incident.declared.1",
        "haveri.demo.event.incident.declared.v0",
        "haveri.demo.event.incident.declared.v01",
        "haveri.demo.event.incident.declared.v1\n",
        "haveri.demo.event.incident.declared.v" + "9" * 5000,
    ],
)
def test_a_malformed_subject_is_refused(subject: str) -> None:
    with pytest.raises(UnknownSubjectError):
        parse_subject(subject)


@pytest.mark.parametrize(
    "organization", ["", "a", "Demo", "demo.event", "demo ", "demo\n", "-demo", "demo-", ">", "**"]
)
def test_an_organisation_cannot_reach_into_another_ones_subjects(organization: str) -> None:
    with pytest.raises(ValueError, match="slug"):
        subject_for(organization, Kind.EVENT, "incident", "declared", 1)
    with pytest.raises(ValueError, match="slug"):
        everything_of(Kind.EVENT, "incident", organization)
    with pytest.raises(ValueError, match="slug"):
        outcome_subject(organization, UUID(int=1))
    with pytest.raises(ValueError, match="slug"):
        signal_subject(organization, "plc-7", "temperature")


@pytest.mark.parametrize("token", ["", "a.b", "*", ">", "a b", "a\n"])
def test_a_part_that_is_no_token_is_refused(token: str) -> None:
    builders: list[Callable[[], str]] = [
        lambda: subject_for("demo", Kind.EVENT, token, "declared", 1),
        lambda: subject_for("demo", Kind.EVENT, "incident", token, 1),
        lambda: signal_subject("demo", token, "temperature"),
        lambda: signal_subject("demo", "plc-7", token),
    ]
    for build in builders:
        with pytest.raises(ValueError, match="cannot stand in a subject"):
            build()


@pytest.mark.parametrize("consumer", ["", "a.b", ">", "a b"])
def test_dead_letters_are_laid_down_under_one_token(consumer: str) -> None:
    with pytest.raises(ValueError, match="cannot stand in a subject"):
        dead_letter_subject(consumer)


def test_versions_count_from_one() -> None:
    with pytest.raises(ValueError, match="count from 1"):
        subject_for("demo", Kind.EVENT, "incident", "declared", 0)


@pytest.mark.parametrize(
    ("pattern", "subject", "answer"),
    [
        ("a.b", "a.b", True),
        ("a.*", "a.b", True),
        ("a.*", "a.*", True),
        ("a.>", "a.b.c", True),
        ("a.>", "a.>", True),
        ("a.>", "a.*.c", True),
        ("a.*.>", "a.b.>", True),
        ("a.>", "a", False),
        ("a.b", "a.*", False),
        ("a.*", "a.>", False),
        ("a.*", "a.b.c", False),
        ("a.b.c", "a.b", False),
    ],
)
def test_a_wildcard_includes_what_nats_would_deliver(pattern: str, subject: str, answer: bool) -> None:
    assert includes(pattern, subject) is answer


def test_an_outcome_and_a_dead_letter_have_their_own_places() -> None:
    command = UUID("0198c3a2-0001-7001-8a5e-2f1c00001eef")
    assert outcome_subject("demo", command) == f"haveri.demo.outcome.{command}"
    assert dead_letter_subject("incident-commands") == "haveri.dead_letter.incident-commands"
    assert signal_subject("demo", "plc-7", "temperature") == "haveri.demo.signal.plc-7.temperature"
