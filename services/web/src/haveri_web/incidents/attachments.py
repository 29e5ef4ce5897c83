"""Photos and files as pages show them, and as browsers may have them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"})
"""What browsers may draw. SVG is not among them: it can carry scripts."""

_OTHERS = frozenset({"application/pdf", "text/plain", "text/csv", "video/mp4", "audio/mpeg", "audio/mp4"})
_UNITS = ("B", "kB", "MB", "GB")


@dataclass(frozen=True, slots=True)
class FileView:
    """A file as it is listed."""

    url: str
    name: str
    size: str
    picture: bool
    who: str = ""


def file_view(payload: dict[str, Any], incident_name: str) -> FileView:
    """The file of a timeline entry's payload."""
    author = payload.get("author")
    return FileView(
        url=f"/incidents/{incident_name}/files/{quote(str(payload.get('file_id', '')), safe='')}",
        name=str(payload.get("file_name") or "?"),
        size=readable_size(int(payload.get("size_bytes") or 0)),
        picture=str(payload.get("content_type")) in PICTURES,
        who=str(author.get("display_name") or "") if isinstance(author, dict) else "",
    )


def readable_size(size_bytes: float) -> str:
    """A size for people: `1.4 MB`."""
    unit = _UNITS[0]
    for unit in _UNITS:
        if size_bytes < 1000 or unit == _UNITS[-1]:
            break
        size_bytes /= 1000
    return f"{size_bytes:.0f} {unit}" if unit == "B" or size_bytes >= 10 else f"{size_bytes:.1f} {unit}"


def safe_headers(file_name: str, content_type: str, size_bytes: int, sha256: str) -> dict[str, str]:
    """Headers that make a browser keep a file rather than run it. What is not known to be harmless is just bytes."""
    kind = content_type if content_type in PICTURES | _OTHERS else "application/octet-stream"
    plain = "".join(sign if sign.isascii() and sign.isprintable() and sign not in '"\\' else "_" for sign in file_name)
    return {
        "Content-Type": f"{kind}; charset=utf-8" if kind.startswith("text/") else kind,
        "Content-Length": str(size_bytes),
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, max-age=3600",
        "ETag": f'"{sha256}"',
    }
