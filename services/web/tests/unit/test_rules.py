"""The rules of the doors, as laws."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from haveri_contracts.plain import Role
from haveri_contracts.refusals import RoleNotSufficient
from haveri_web.domain.access import Needs, Scope
from haveri_web.domain.attempts import Attempts, Limit
from haveri_web.domain.refusals import ScopeNotSufficient
from haveri_web.security.secrets import digest, form_token, is_form_token, new_secret

START = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
LIMIT = Limit(3, timedelta(minutes=5))


def test_after_the_last_admitted_try_one_waits_until_the_first_is_old() -> None:
    attempts = Attempts(LIMIT)
    assert [attempts.admit("a", START + timedelta(seconds=n)) for n in range(3)] == [0, 0, 0]
    assert attempts.admit("a", START + timedelta(minutes=4)) == 60
    assert attempts.admit("b", START) == 0
    assert attempts.admit("a", START + timedelta(minutes=5)) == 0


def test_a_rightful_try_is_taken_back() -> None:
    attempts = Attempts(LIMIT)
    for _ in range(20):
        assert attempts.admit("a", START) == 0
        attempts.forgive("a")


@given(st.lists(st.integers(0, 2000), max_size=60))
def test_no_window_of_time_ever_holds_more_tries_than_the_limit(seconds: list[int]) -> None:
    attempts, admitted = Attempts(LIMIT), []
    for second in sorted(seconds):
        if attempts.admit("a", START + timedelta(seconds=second)) == 0:
            admitted.append(second)
    for first in admitted:
        assert sum(first <= other < first + 300 for other in admitted) <= LIMIT.attempts


@given(st.sampled_from(Role), st.sets(st.sampled_from(Scope)), st.sampled_from(Role), st.sampled_from(Scope))
def test_both_the_scope_and_the_role_must_reach(role: Role, scopes: set[Scope], needed: Role, scope: Scope) -> None:
    needs = Needs(scope, needed)
    if not any(own.covers(scope) for own in scopes):
        with pytest.raises(ScopeNotSufficient):
            needs.check(role, scopes)
    elif not role.covers(needed):
        with pytest.raises(RoleNotSufficient):
            needs.check(role, scopes)
    else:
        needs.check(role, scopes)


@given(st.text(min_size=1, max_size=60), st.text(max_size=60))
@example("\x00", "")
def test_a_form_token_fits_its_own_cookie_only(cookie: str, other: str) -> None:
    cookie, other = (text.encode("utf-8", "replace").decode() for text in (cookie, other))
    assert is_form_token(cookie, form_token(cookie))
    assert not is_form_token(cookie, other)
    assert other == cookie or not is_form_token(other, form_token(cookie))


def test_secrets_have_256_bits_and_are_kept_as_digests() -> None:
    assert len(new_secret(lambda count: b"\xff" * count)) == 43
    assert new_secret() != new_secret()
    assert len(digest("x")) == 32
