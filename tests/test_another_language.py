"""Another language is a file and no code: each package gets a catalogue of a few texts, and nothing else changes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("libs/chat/src/haveri_chat", "services/web/src/haveri_web", "services/escalation/src/haveri_escalation")
HEAD = 'msgid ""\nmsgstr ""\n"Language: eo\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
ESPERANTO = {
    "haveri_chat": [
        ("help.title", "What you can type", "Kion vi povas tajpi"),
        ("words.command.ack", "ack, acknowledge", "konfirmi, mi, mi faras, mi do ŝanĝas, l'agnosko, पुष्टि, ยืนยัน"),
        ("words.status.MITIGATED", None, "sub regado"),
    ],
    "haveri_web": [("answer.expired", "This link has expired", "Ĉi tiu ligilo ne plu validas")],
    "haveri_escalation": [("opening.take", "Nobody has taken {number} yet.", "Ankoraŭ neniu prenis {number}.")],
}
SPEAK = """
import json
from datetime import UTC, datetime
from types import SimpleNamespace as Some
from unicodedata import normalize
from haveri_chat.commands.help import help_card
from haveri_chat.grammar import parse
from haveri_chat.requests import Utterance
from haveri_chat.texts import words
from haveri_contracts.escalation.models import Purpose
from haveri_contracts.plain import Severity
from haveri_escalation.application.messages import Notice, letter
from haveri_web.rendering.pages import render
from haveri_web.texts import language_of

ACK, FORMS = words("eo", "command.ack"), ("NFC", "NFD")
app = Some(state=Some(navigation=()))
request = Some(
    headers={"accept-language": "eo, fi;q=0.5"}, scope={"state": {"nonce": ""}}, app=app, url=Some(path="/", query="")
)
page = render(
    request, Some(clock=Some(now=lambda: datetime.now(UTC))), "escalations/answer.html",
    caller=None, standing="expired", problem=None,
)
notice = Notice("INC-4", "Filler 2 jammed", Severity.SEV1, Purpose.TAKE, since=datetime(2026, 12, 5, 3, 14, tzinfo=UTC))
print(json.dumps({
    "help": repr(help_card(Some(locale="eo", may_respond=False))),
    "command": [parse(Utterance(normalize(form, "/" + word + ", INC-4"))).incident for word in ACK for form in FORMS],
    "status": parse(Utterance("/status sub regado: pontita")).status,
    "language": language_of("eo, fi;q=0.5"),
    "page": page.body.decode(),
    "mail": letter(notice, "eo").body,
}))
"""


def test_a_catalogue_more_makes_chat_pages_and_mails_speak_another_language(tmp_path: Path) -> None:
    for package in PACKAGES:
        there = tmp_path / package
        shutil.copytree(ROOT / package, there, ignore=shutil.ignore_patterns("__pycache__"))
        english = (there / "locales/fi/LC_MESSAGES/messages.po").read_text()
        path = there / "locales/eo/LC_MESSAGES/messages.po"
        path.parent.mkdir(parents=True)
        texts = [(key, text or _english(english, key), said) for key, text, said in ESPERANTO[there.name]]
        path.write_text(HEAD + "".join(map(_entry, texts)))
    subprocess.run([sys.executable, "-m", "haveri_texts", "compile"], cwd=tmp_path, check=True)
    places = ":".join(str((tmp_path / package).parent) for package in PACKAGES)
    ran = subprocess.run(
        [sys.executable, "-c", SPEAK], env={"PYTHONPATH": places}, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    said = json.loads(ran.stdout)
    assert "Kion vi povas tajpi" in said["help"]
    assert "what happened last" in said["help"], "English where the language has no text"
    assert said["command"] == ["INC-4"] * 14, "seven words, each typed with its accents in its letters and behind them"
    assert (said["status"], said["language"]) == ("MITIGATED", "eo")
    assert '<html lang="eo" dir="ltr"' in said["page"]
    assert "Ĉi tiu ligilo ne plu validas" in said["page"]
    assert "Links are good for a day" in said["page"]
    assert said["mail"].startswith("Ankoraŭ neniu prenis INC-4.")
    assert "Severity: SEV1\n" in said["mail"]


def _entry(text: tuple[str, str, str]) -> str:
    key, english, said = (json.dumps(part, ensure_ascii=False) for part in text)
    return f"\nmsgctxt {key}\nmsgid {english}\nmsgstr {said}\n"


def _english(catalogue: str, key: str) -> str:
    """The English text of a key, as translators see it."""
    return json.loads(catalogue.partition(f'msgctxt "{key}"\nmsgid ')[2].partition("\n")[0])
