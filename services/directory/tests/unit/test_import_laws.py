"""What holds for every import."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from import_bench import empty, faults, imported, plan

from haveri_contracts.plain import Refusal
from haveri_directory.application.importing.report import difference
from haveri_directory.demo import BOREALIS, DEMO, plant_document

PLANT = plant_document()


def test_importing_a_document_again_changes_nothing():
    for organization in (DEMO, BOREALIS):
        once = imported(organization)
        again = plan(plant_document(organization), once, seed=2)
        assert again.after == once
        found = difference(once, again)
        assert not any(found.things.values()) and not found.begun and not found.ended


def test_ids_stay_with_names_when_other_things_change():
    other = plan(PLANT.replace("type: filler", "type: filling machine"), imported(), seed=2).after
    assert other.assets.keys() == imported().assets.keys()
    assert other.assets != imported().assets


@settings(max_examples=150, deadline=None)
@given(
    where=st.integers(0, len(PLANT)),
    length=st.integers(0, 40),
    inserted=st.text(st.sampled_from("\t\n :-[]{}'\"&*!|>%@`#,aZ0\ufeff\ufffd\u2028é"), max_size=6),
)
def test_damaged_document_is_read_or_refused_with_lines_but_never_breaks_the_import(where, length, inserted):
    damaged = PLANT[:where] + inserted + PLANT[where + length :]
    for fault in faults(damaged, imported()):
        assert 1 <= fault["line"] <= damaged.count("\n") + damaged.count("\u2028") + 2
        assert fault["problem"].strip()


@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=300), format=st.sampled_from(["yaml", "csv"]))
def test_any_text_at_all_is_answered(text, format):
    try:
        plan(text, empty(), format)
    except Refusal as refusal:
        assert refusal.type == "import-invalid"
