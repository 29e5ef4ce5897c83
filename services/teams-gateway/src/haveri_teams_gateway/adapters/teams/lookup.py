"""Finding again what the bot posted, when it is not known whether it did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from haveri_teams_gateway.adapters.json_fields import block, blocks, text
from haveri_teams_gateway.adapters.message_text import plain_text
from haveri_teams_gateway.store.sent_texts import SentText

_CLOCKS_APART = timedelta(minutes=2)


def found_among(
    messages: Sequence[Mapping[str, object]], app_id: str, marker: str, sought: SentText | None
) -> str | None:
    """The id of the bot's message that carries the marker, or says what was `sought`."""
    for message in messages:
        author = block(message, "from", "application")
        if text(author, "id").lower() != app_id or message.get("deletedDateTime"):
            continue
        carried = any(marker in text(attachment, "content") for attachment in blocks(message, "attachments"))
        if carried or (sought is not None and _says(message, sought)):
            return text(message, "id")
    return None


def _says(message: Mapping[str, object], sought: SentText) -> bool:
    try:
        created = datetime.fromisoformat(text(message, "createdDateTime"))
    except ValueError:
        return False
    said = _words(text(block(message, "body"), "content"))
    return created >= sought.begun_at - _CLOCKS_APART and said == _words(sought.text)


def _words(html: str) -> str:
    # Escapes and invisible characters are ours; Teams may show them or have dropped them.
    return " ".join(plain_text(html).replace("\\", "").replace("\u200b", "").split())
