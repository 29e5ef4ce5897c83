from __future__ import annotations

import re
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from haveri_devservers.testing.organizations import unique_slug


@given(st.text())
def test_a_slug_is_valid_whatever_the_test_is_called(label: str) -> None:
    slug = unique_slug(label)
    assert re.fullmatch(r"[a-z][a-z0-9-]*", slug)
    assert len(slug) <= 40


def test_a_slug_tells_which_test_made_it() -> None:
    assert unique_slug("test_supervisor_is_called").startswith("supervisor-is-called-")


def test_one_test_can_have_several_organisations(fresh_organization: Callable[[], str]) -> None:
    assert fresh_organization() != fresh_organization()
