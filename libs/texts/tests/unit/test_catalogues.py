"""What translators can rely on: nothing is lost, what changed is asked again, and what is missing is named."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haveri_texts import Catalogue, Text, day, day_of_year, direction, in_zone, listed, number, time_of_day
from haveri_texts.upkeep import compile_catalogues, findings, update

ENGLISH: dict[str, Text] = {
    "greeting": "Hello {name}",
    "files": ("{count} file", "{count} files"),
    "only.english": "Filler",
}


@pytest.fixture
def polish(tmp_path: Path) -> Path:
    """A package's folder with a language that nobody has translated yet."""
    path = tmp_path / "locales" / "pl" / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    path.write_text('msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n')
    update(tmp_path / "locales", ENGLISH)
    return path


def translate(path: Path, *pairs: tuple[str, str]) -> Catalogue:
    """Fill translations in, as a translator does, and read them as a program does."""
    text = path.read_text()
    for empty, said in pairs:
        assert empty in text
        text = text.replace(empty, said)
    path.write_text(text)
    compile_catalogues([path.parents[2]])
    return Catalogue(ENGLISH, path.parents[3])


def test_another_language_is_a_file_and_no_code(polish: Path) -> None:
    catalogue = translate(
        polish,
        ('msgid "Hello {name}"\nmsgstr ""', 'msgid "Hello {name}"\nmsgstr "Cześć {name}"'),
        ('msgstr[0] ""', 'msgstr[0] "{count} plik"'),
        ('msgstr[1] ""', 'msgstr[1] "{count} pliki"'),
        ('msgstr[2] ""', 'msgstr[2] "{count} plików"'),
    )
    assert catalogue.languages == ("en", "pl")
    assert catalogue.say("pl", "greeting", name="Ewa") == "Cześć Ewa"
    assert [catalogue.say("pl", "files", count=count) for count in (1, 3, 5, 22)] == [
        "1 plik",
        "3 pliki",
        "5 plików",
        "22 pliki",
    ]
    assert catalogue.say("pl", "only.english") == catalogue.say("xx", "only.english") == "Filler"
    assert catalogue.say("en", "files", count=1) == "1 file"


def test_what_is_missing_is_named_and_what_changed_in_english_is_asked_again(polish: Path) -> None:
    translate(polish, ('msgid "Hello {name}"\nmsgstr ""', 'msgid "Hello {name}"\nmsgstr "Cześć {kto}"'))
    locales = polish.parents[2]
    assert sorted(finding.partition(": ")[2] for finding in findings(locales, ENGLISH)) == [
        "files is not translated",
        "greeting fills in {kto} where the English has {name}",
        "only.english is not translated",
    ]
    changed = {**ENGLISH, "greeting": "Good evening {name}", "new": "New"}
    assert {f"{polish}: greeting has changed in English", f"{polish}: new is not in the catalogue"} <= set(
        findings(locales, changed)
    )
    update(locales, changed)
    assert "Cześć {kto}" in polish.read_text()
    assert f"{polish}: greeting has changed in English" in findings(locales, changed)
    update(locales, {"new": "New"})
    assert '\nmsgctxt "greeting"' not in polish.read_text(), "no text needs it any more"
    assert '#~ msgstr "Cześć {kto}"' in polish.read_text(), "but its translator may"
    assert "only.english" not in polish.read_text()


FRENCH = """# Ewa's catalogue
msgid ""
msgstr ""
"Last-Translator: Ewa <ewa@example.com>\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"
"Content-Type: text/plain; charset=utf-8\\n"

# Said at the door
msgctxt "greeting"
msgid "Hi {name}"
msgstr "Bonjour {name}"

msgctxt "files"
msgid "{count} file"
msgid_plural "{count} files"
msgstr[0] "{count} fichier"
msgstr[1] "{count} fichiers"
"""


def french(folder: Path, *replaced: tuple[str, str]) -> Path:
    path = folder / "locales" / "fr" / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    text = FRENCH
    for before, after in replaced:
        assert before in text
        text = text.replace(before, after)
    path.write_text(text)
    return path


def test_extracting_keeps_what_translators_wrote(tmp_path: Path) -> None:
    path = french(tmp_path)
    update(tmp_path / "locales", ENGLISH)
    kept = path.read_text()
    for line in ("# Ewa's catalogue", "# Said at the door", '"Last-Translator: Ewa <ewa@example.com>\\n"'):
        assert line in kept
    assert '"Plural-Forms: nplurals=2; plural=(n > 1);\\n"' in kept, "CLDR has three forms now, Ewa wrote two"
    assert not any(": files " in found for found in findings(tmp_path / "locales", ENGLISH))
    compile_catalogues([tmp_path / "locales"])
    said = [Catalogue(ENGLISH, tmp_path).say("fr", "files", count=count) for count in (0, 1, 2)]
    assert said == ["0 fichier", "1 fichier", "2 fichiers"]


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        ("nplurals=1; plural=0;", "more translations"),
        ("nplurals=2; plural=n;", "Plural-Forms chooses more than its 2 forms"),
        ("nplurals=INTEGER; plural=EXPRESSION;", "INTEGER"),
    ],
)
def test_plural_forms_that_do_not_fit_are_named_with_their_file(tmp_path: Path, header: str, problem: str) -> None:
    path = french(tmp_path, ("nplurals=2; plural=(n > 1);", header))
    with pytest.raises(ValueError, match=f"^{path}: .*{problem}"):
        findings(tmp_path / "locales", ENGLISH)


def test_a_missing_plural_form_is_named(tmp_path: Path) -> None:
    path = french(tmp_path, ("nplurals=2; plural=(n > 1);", "nplurals=3; plural=n==1 ? 0 : n==2 ? 1 : 2;"))
    assert f"{path}: files has 2 of 3 plural forms" in findings(tmp_path / "locales", ENGLISH)


@pytest.mark.parametrize("wrong", ["{} {name}", "{name!q}", "{name:d}", "{name.size}", "{kto}", "{name} {", "} {name}"])
def test_a_translation_that_cannot_be_filled_in_is_named_and_meanwhile_said_in_english(
    tmp_path: Path, wrong: str
) -> None:
    path = french(tmp_path, ('"Hi {name}"', '"Hello {name}"'), ("Bonjour {name}", wrong))
    problems = [found for found in findings(tmp_path / "locales", ENGLISH) if found.startswith(f"{path}: greeting ")]
    assert len(problems) == 1
    compile_catalogues([tmp_path / "locales"])
    assert Catalogue(ENGLISH, tmp_path).say("fr", "greeting", name="Ewa") == "Hello Ewa"


def test_a_word_that_would_mean_two_things_is_named(polish: Path) -> None:
    english: dict[str, Text] = {
        "words.command.ack": "ack",
        "words.command.close": "close",
        "words.status.CLOSED": "close, closed",
    }
    update(polish.parents[2], english)
    text = polish.read_text().replace('msgid "close"\nmsgstr ""', 'msgid "close"\nmsgstr "zamknij, Ack"')
    polish.write_text(text.replace('msgid "ack"\nmsgstr ""', 'msgid "ack"\nmsgstr "potwierdź"'))
    found = findings(polish.parents[2], english)
    assert f"{polish}: words.command.close has Ack, which means words.command.ack" in found
    assert len(found) == 2, "and a status that is not translated; what commands and statuses share is fine"


@pytest.mark.parametrize("folder", ["pt-BR", "pt_BR", "zh-Hant", "zh_Hant"])
def test_a_languages_region_or_script_may_be_written_either_way(tmp_path: Path, folder: str) -> None:
    path = tmp_path / "locales" / folder / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    path.write_text('msgctxt "only.english"\nmsgid "Filler"\nmsgstr "Enchedora"\n')
    compile_catalogues([tmp_path / "locales"])
    catalogue, tag = Catalogue(ENGLISH, tmp_path), folder.replace("_", "-")
    assert catalogue.say(tag, "only.english") == catalogue.say(f"{tag}-TW", "only.english") == "Enchedora"


def test_lines_are_read_the_languages_own_way() -> None:
    assert [direction(language) for language in ("en", "fi-ZZ", "he", "ar-EG", "tlh")] == [
        *["ltr"] * 2,
        *["rtl"] * 2,
        "ltr",
    ]


def test_whoever_lives_in_another_region_reads_their_language(polish: Path) -> None:
    catalogue = translate(polish, ('msgid "Filler"\nmsgstr ""', 'msgid "Filler"\nmsgstr "Nalewarka"'))
    assert catalogue.say("pl-PL", "only.english") == "Nalewarka"
    assert catalogue.speaks("pl-PL") and catalogue.speaks("en-US") and not catalogue.speaks("sv-SE")
    assert catalogue.say("sv-SE", "only.english") == "Filler"


REASONS = {"reason.on_shift": "on shift, {shift}", "reason.has_role": "{role}", "reason.has_role.lead": "lead"}


@pytest.mark.parametrize(
    ("code", "params", "said"),
    [
        ("on_shift", {"shift": "Night"}, "on shift, Night"),
        ("on_shift", {"shift": "Night", "language": "x", "key": "x", "self": "x"}, "on shift, Night"),
        ("on_shift", {"shift": "{0.__class__}"}, "on shift, {0.__class__}"),
        ("on_shift", {}, "on shift"),
        ("on_shift", {"shift": 1e300}, "on shift"),
        ("on_shift", ["Night"], "on shift"),
        ("has_role", {"role": "lead"}, "lead"),
        ("has_role", {"role": "boss"}, "boss"),
        ("full_moon", {"phase": 1}, "full moon"),
        (5, None, "5"),
    ],
)
def test_a_reason_that_does_not_fit_is_shown_by_its_code(tmp_path: Path, code: Any, params: Any, said: str) -> None:
    assert Catalogue(REASONS, tmp_path).reason("en", code, params, dict) == said


def test_extracting_twice_changes_nothing(polish: Path) -> None:
    template = polish.parents[2] / "messages.pot"
    once = polish.read_bytes(), template.read_bytes()
    update(polish.parents[2], ENGLISH)
    assert once == (polish.read_bytes(), template.read_bytes())


def test_texts_that_were_not_compiled_are_said_at_the_start(polish: Path) -> None:
    with pytest.raises(RuntimeError, match="make texts"):
        Catalogue(ENGLISH, polish.parents[3])


@given(moment=st.datetimes(timezones=st.just(UTC)), zone=st.timezones())
def test_any_moment_can_be_shown_in_any_zone(moment: datetime, zone: ZoneInfo) -> None:
    there = in_zone(moment, zone)
    for language in ("en", "fi", "de-AT"):
        assert day(there.date(), language) and time_of_day(there, language, seconds=True)


@pytest.mark.parametrize(
    ("language", "clock", "on", "without_year", "amount", "names"),
    [
        ("en", "14:05", "05/12/2026", "05/12", "1,234.5", "A, B and C"),
        ("fi", "14.05", "5.12.2026", "5.12.", "1\N{NO-BREAK SPACE}234,5", "A, B ja C"),
        ("de", "14:05", "05.12.2026", "5.12.", "1.234,5", "A, B und C"),
        ("de-AT", "14:05", "05.12.2026", "5.12.", "1.234,5", "A, B und C"),
        ("fi-FI", "14.05", "5.12.2026", "5.12.", "1\N{NO-BREAK SPACE}234,5", "A, B ja C"),
        ("fi-ZZ", "14.05", "5.12.2026", "5.12.", "1\N{NO-BREAK SPACE}234,5", "A, B ja C"),
        ("pt-BR", "14:05", "05/12/2026", "05/12", "1.234,5", "A, B e C"),
        ("tlh", "14:05", "05/12/2026", "05/12", "1,234.5", "A, B and C"),
    ],
)
def test_dates_numbers_and_lists_are_the_languages_own(
    language: str, clock: str, on: str, without_year: str, amount: str, names: str
) -> None:
    moment = datetime(2026, 12, 5, 12, 5, tzinfo=UTC).astimezone(ZoneInfo("Europe/Helsinki"))
    assert time_of_day(moment, language) == clock
    assert day(date(2026, 12, 5), language) == on
    assert day_of_year(date(2026, 12, 5), language) == without_year
    assert number(1234.5, language) == amount
    assert listed(["A", "B", "C"], language) == names
