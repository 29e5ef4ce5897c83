"""Keeping catalogues: what translators get, what is compiled, and what a check finds. Needs no package but Babel."""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from haveri_texts.catalogue import Text

_ALWAYS = datetime(2026, 1, 1, tzinfo=UTC)
"""A catalogue's file changes with its texts and not with the day it was written."""

_HEADER = "# Translations of Haveri's texts: msgctxt is the text's key, msgid the English that the code holds."


def template(english: Mapping[str, Text]) -> Catalog:
    """What is to be translated, in the order of the code."""
    made = _catalogue(None)
    for key, text in english.items():
        made.add(text, context=key, flags=["python-brace-format"] if _names(text) else [])
    return made


def update(locales: Path, english: Mapping[str, Text]) -> None:
    """Bring every language's catalogue up to the English texts; a text that changed is marked fuzzy."""
    _write(locales / "messages.pot", template(english))
    for path in locales.glob("*/LC_MESSAGES/messages.po"):
        known = _read(path)
        by_key = {message.context: message for message in known if message.id}
        updated = _catalogue(str(known.locale))
        for message in template(english):
            before = by_key.get(message.context)
            if not message.id:
                continue
            if before is None or isinstance(before.id, tuple) != isinstance(message.id, tuple):
                updated.add(message.id, context=message.context, flags=message.flags)
                continue
            fuzzy = ["fuzzy"] if before.fuzzy or before.id != message.id else []
            updated.add(message.id, before.string, context=message.context, flags=[*message.flags, *fuzzy])
        _write(path, updated)


def compile_catalogues(folders: Iterable[Path]) -> None:
    """Write what programs read; texts that are marked fuzzy are left out."""
    for folder in folders:
        for path in folder.glob("*/LC_MESSAGES/messages.po"):
            with path.with_suffix(".mo").open("wb") as file:
                write_mo(file, _read(path), use_fuzzy=False)


def findings(locales: Path, english: Mapping[str, Text]) -> list[str]:
    """What keeps a language from being whole, a sentence each."""
    found: list[str] = []
    meant: dict[tuple[str, str], str] = {}
    for path in sorted(locales.glob("*/LC_MESSAGES/messages.po")):
        known = {message.context: message for message in _read(path) if message.id}
        found += [f"{path}: {key} is not in the catalogue" for key in english if key not in known]
        found += [f"{path}: {key} is in no code" for key in known if key not in english]
        found += [f"{path}: {key} {problem}" for key in english if (problem := _problem(known.get(key), english[key]))]
        found += [f"{path}: {finding}" for finding in _shared_words(known, english, meant)]
    return found


def _shared_words(
    known: Mapping[str | None, Message], english: Mapping[str, Text], meant: dict[tuple[str, str], str]
) -> list[str]:
    """Words that people type are understood in every language at once: among `words.<kind>.…` each means one thing."""
    found = []
    for key in (key for key in english if key.startswith("words.") and key.count(".") > 1):
        kind, translated = key.rpartition(".")[0], known[key].string if key in known else ""
        for word in f"{english[key]},{translated}".split(","):
            first = meant.setdefault((kind, word.strip().casefold()), key)
            if word.strip() and first != key:
                found.append(f"{key} has {word.strip()}, which means {first}")
    return found


def _problem(message: Message | None, text: Text) -> str | None:
    if message is None:
        return None
    if message.id != text or message.fuzzy:
        return "has changed in English"
    said = message.string if isinstance(message.string, tuple | list) else [message.string or ""]
    if not all(said):
        return "is not translated"
    wanted, english = _names(text), text if isinstance(text, str) else text[1]
    if any(_edges(form) != _edges(english) for form in said):
        return "begins or ends with other spaces than the English"
    # Whoever has it by its number may say "one" in words.
    if any(_names(form) not in (wanted, wanted - {"count"} if isinstance(text, tuple) else wanted) for form in said):
        return f"does not fill in {', '.join(sorted(wanted)) or 'nothing'}"
    return None


def _names(text: Text) -> set[str]:
    forms = (text,) if isinstance(text, str) else text
    return {name for form in forms for _, name, _, _ in string.Formatter().parse(form) if name}


def _edges(text: str) -> tuple[bool, bool]:
    return text[:1].isspace(), text[-1:].isspace()


def _catalogue(language: str | None) -> Catalog:
    return Catalog(
        locale=language,
        project="Haveri",
        version="1",
        header_comment=_HEADER,
        msgid_bugs_address="",
        creation_date=_ALWAYS,
        revision_date=_ALWAYS,
        last_translator="",
        language_team="",
        charset="utf-8",
        fuzzy=False,
    )


def _write(path: Path, catalogue: Catalog) -> None:
    with path.open("wb") as file:
        write_po(file, catalogue, width=120, include_lineno=False)


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name.replace("-", "_"))
