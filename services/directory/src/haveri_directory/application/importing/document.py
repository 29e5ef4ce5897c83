"""From the text of a document to entries whose fields have been read."""

from __future__ import annotations

import re
from typing import Literal

from haveri_directory.application.importing.csv_document import read_csv
from haveri_directory.application.importing.entries import MOST_ENTRIES, Document
from haveri_directory.application.importing.fields import read_fields
from haveri_directory.application.importing.findings import Findings, Place
from haveri_directory.application.importing.yaml_document import read_yaml

_BYTE_ORDER_MARK = "\ufeff"
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_LOST = "\ufffd"


def read_text(text: str, format: Literal["yaml", "csv"], findings: Findings) -> Document:
    """The document's entries; every fault that can be seen without knowing the directory goes to the findings."""
    text = text.removeprefix(_BYTE_ORDER_MARK)
    if not _check_characters(text, findings):
        return Document()
    document = read_yaml(text, findings) if format == "yaml" else read_csv(text, findings)
    if len(document.entries) > MOST_ENTRIES:
        beyond = document.entries[MOST_ENTRIES]
        findings.add(beyond.place, f"A document may hold {MOST_ENTRIES} things; import the rest as a second one.")
        return Document()
    read_fields(document, findings)
    return document


def _check_characters(text: str, findings: Findings) -> bool:
    good = True
    for number, line in enumerate(text.split("\n"), 1):
        if _LOST in line:
            good = False
            findings.add(Place(number, line.index(_LOST) + 1), "Characters were lost here; save the file as UTF-8.")
        elif bad := _UNREADABLE.search(line):
            good = False
            findings.add(Place(number, bad.start() + 1), f"The control character {bad[0]!a} cannot be imported.")
    return good
