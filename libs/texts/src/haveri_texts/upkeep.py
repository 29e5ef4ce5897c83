"""Keeping catalogues: what translators get, what is compiled, and what a check finds. Needs no package but Babel."""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from gettext import c2py
from pathlib import Path
from unicodedata import normalize

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po, write_po

from haveri_texts.catalogue import Text

_ALWAYS = datetime(2026, 1, 1, tzinfo=UTC)
"""A catalogue's file changes with its texts and not with the day it was written."""

_HEADER = "# Translations of Haveri's texts: msgctxt is the text's key, msgid the English that the code holds."


def template(english: Mapping[str, Text]) -> Catalog:
    """What is to be translated, in the order of the code."""
    made = Catalog(
        project="Haveri",
        version="1",
        header_comment=_HEADER,
        creation_date=_ALWAYS,
        revision_date=_ALWAYS,
        charset="utf-8",
        fuzzy=False,
    )
    for key, text in english.items():
        made.add(text, context=key, flags=["python-brace-format"] if _fields(text) else [])
    return made


def update(locales: Path, english: Mapping[str, Text]) -> None:
    """Bring every language's catalogue up to the English texts; a text that changed is marked fuzzy.

    What translators wrote stays: comments, names, plural forms, and what no text needs any more (as `#~`).
    """
    _write(locales / "messages.pot", template(english))
    for path in locales.glob("*/LC_MESSAGES/messages.po"):
        known = _read(path)
        for before in list(known):
            text = english.get(before.context or "")
            if text is None or before.id == text or before.pluralizable != isinstance(text, tuple):
                continue
            known.delete(before.id, before.context)
            flags = before.flags | {"fuzzy"}
            known.add(text, before.string, flags=flags, user_comments=before.user_comments, context=before.context)
        known.update(template(english), no_fuzzy_matching=True)
        known.obsolete = {key: gone for key, gone in known.obsolete.items() if any(gone.string or "")}
        _write(path, known)


def compile_catalogues(folders: Iterable[Path]) -> None:
    """Write what programs read; texts that are marked fuzzy are left out."""
    for folder in folders:
        for path in folder.glob("*/LC_MESSAGES/messages.po"):
            catalogue = _read(path)
            with path.with_suffix(".mo").open("wb") as file:
                write_mo(file, catalogue, use_fuzzy=False)


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
            first = meant.setdefault((kind, normalize("NFC", word).strip().casefold()), key)
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
        return f"has {sum(map(bool, said))} of {len(said)} plural forms" if any(said) else "is not translated"
    english = text if isinstance(text, str) else text[1]
    if any(_edges(form) != _edges(english) for form in said):
        return "begins or ends with other spaces than the English"
    return next(filter(None, (_wrong_fields(form, text) for form in said)), None)


def _wrong_fields(form: str, text: Text) -> str | None:
    wanted = _fields(text)
    try:
        filled = _fields(form)
    except ValueError as error:
        return f"cannot be filled in: {error}"
    # Whoever has it by its number may say "one" in words.
    if filled == wanted or (isinstance(text, tuple) and filled == wanted - {"{count}"}):
        return None
    here, there = (", ".join(sorted(fields)) or "nothing" for fields in (filled, wanted))
    return f"fills in {here} where the English has {there}"


def _fields(text: Text) -> set[str]:
    """What is to be filled in, as it is written: `{name}`. Raises ValueError for a lone brace."""
    forms = (text,) if isinstance(text, str) else text
    parts = [part for form in forms for part in string.Formatter().parse(form)]
    return {
        "{" + name + (f"!{conversion}" if conversion else "") + (f":{shape}" if shape else "") + "}"
        for _, name, shape, conversion in parts
        if name is not None
    }


def _edges(text: str) -> tuple[bool, bool]:
    return text[:1].isspace(), text[-1:].isspace()


def _write(path: Path, catalogue: Catalog) -> None:
    with path.open("wb") as file:
        write_po(file, catalogue, width=120, include_lineno=False)


def _read(path: Path) -> Catalog:
    """A language's catalogue. Raises ValueError, with the path, for one that no program could read."""
    try:
        with path.open("rb") as file:
            read = read_po(file, locale=path.parent.parent.name.replace("-", "_"), abort_invalid=True)
        form_of = c2py(read.plural_expr)
        if any(form_of(count) >= read.num_plurals for count in range(1000)):
            raise ValueError(f"Plural-Forms chooses more than its {read.num_plurals} forms")
    except (ValueError, PoFileError) as error:
        raise ValueError(f"{path}: {error}") from error
    return read
