"""How members want to be reached: what is kept, and what is said of what cannot be used."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haveri_contracts.directory.contacts import ContactPreferences
from haveri_contracts.plain import Refusal
from haveri_directory.application.contact import usable_contact


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("+358 40 555 0111", "+358405550111"),
        ("+358 (0)40-555 0111", "+358405550111"),
        (" +49 30 23125 110 ", "+493023125110"),
        ("+1 (202) 555-0143", "+12025550143"),
    ],
)
def test_phone_number_is_kept_in_one_way_however_it_was_written(said, kept):
    assert usable_contact({"phone": said}) == {"phone": kept}
    assert usable_contact({"phone": kept}) == {"phone": kept}


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ("040 555 0111", "does not begin with '+'"),
        ("+358 40 1", "does not exist in its country"),
        ("+999 1234567", "does not begin with '+' and the code of a country"),
        ("call Eero", "is none that can be dialled"),
        ("", "is none that can be dialled"),
        (358405550111, "is not a text"),
        ("+" + "9" * 300, "is none that can be dialled"),
    ],
)
def test_phone_number_that_is_none_is_refused_with_an_example(said, says):
    with pytest.raises(Refusal) as refusal:
        usable_contact({"phone": said})
    assert refusal.value.type == "phone-unusable"
    assert says in refusal.value.detail
    assert "+358 40 555 0111" in refusal.value.detail
    assert not said or str(said) not in refusal.value.detail


@pytest.mark.parametrize(
    ("prefs", "says"),
    [
        ({"ways": "sms"}, "'ways' is a list of chat, email, sms, voice, push"),
        ({"ways": ["pigeon"]}, "'pigeon' is no way"),
        ({"ways": ["sms", {"via": "sms", "after_minutes": 5}]}, "'sms' is among the ways twice"),
        ({"ways": [{"via": "sms", "after_minutes": -1}]}, "'after_minutes' is a number from 0 to 1440"),
        ({"ways": [{"via": "sms", "after_minutes": float("nan")}]}, "'after_minutes'"),
        ({"ways": [{}]}, "is no way"),
        ({"ways": [None]}, "is no way"),
        ({"push": "x" * 201}, "'push' is the token"),
        ({"push": ["x"]}, "'push' is the token"),
        ({"push": " "}, "'push' is the token"),
    ],
)
def test_ways_that_cannot_be_used_are_refused_with_the_reason(prefs, says):
    with pytest.raises(Refusal) as refusal:
        usable_contact(prefs)
    assert refusal.value.type == "contact-unusable"
    assert says in refusal.value.detail


def test_other_notes_stay_and_what_is_left_empty_says_nothing():
    notes = {"locker": 12, "phone": None, "push": None, "ways": None, "note": "night owl"}
    assert usable_contact(notes) == {"locker": 12, "phone": None, "push": None, "note": "night owl"}


@given(
    st.dictionaries(
        st.sampled_from(["phone", "push", "ways", "note"]),
        st.none()
        | st.text(max_size=20)
        | st.integers()
        | st.lists(st.sampled_from(["sms", "voice", "email"]) | st.none()),
    )
)
def test_whatever_is_kept_can_be_read_by_those_who_call(prefs):
    try:
        kept = usable_contact(prefs)
    except Refusal:
        return
    ContactPreferences.model_validate(kept)
    assert usable_contact(kept) == kept
