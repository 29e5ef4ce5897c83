"""Reading a mail: who sent it, what about, and its text."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import dataclass
from email.message import EmailMessage, MIMEPart
from email.utils import parseaddr
from html import unescape

_TAGS = re.compile(r"<[^>]*>")
_BREAKS = re.compile(r"<(?:br|/p|/div)\b[^>]*>", re.IGNORECASE)


@dataclass(frozen=True)
class Letter:
    """What people see of a mail."""

    sender: str
    subject: str
    text: str


def read_letter(raw: bytes) -> Letter:
    """A mail as it came over SMTP; what cannot be read is shown as far as it can."""
    message = email.message_from_bytes(raw, _class=EmailMessage, policy=email.policy.default)
    name, address = parseaddr(str(message.get("From", "")))
    return Letter(name or address, str(message.get("Subject", "")), _text(message).strip())


def _text(message: EmailMessage) -> str:
    body = message.get_body(("plain", "html"))
    if body is None:
        return ""
    payload = body.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    text = content.decode(_charset(body), errors="replace").replace("\r\n", "\n")
    if body.get_content_type() == "text/plain":
        return text
    return unescape(_TAGS.sub("", _BREAKS.sub("\n", text)))


def _charset(body: MIMEPart) -> str:
    named = body.get_content_charset("utf-8")
    try:
        "".encode(named)
    except LookupError:
        return "utf-8"
    return named
