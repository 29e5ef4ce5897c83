"""Photos and files that people attach."""

from __future__ import annotations

from urllib.parse import quote

from haveri_teams_tenant.clock import Ids
from haveri_teams_tenant.people.refusals import Refused
from haveri_teams_tenant.state.records import File, Place
from haveri_teams_tenant.state.store import Store

LARGEST = 25 * 1024 * 1024


class Uploads:
    """Keeps the bytes, and tells where SharePoint would show them."""

    def __init__(self, store: Store, ids: Ids, base_url: str) -> None:
        self._store = store
        self._ids = ids
        self._base_url = base_url

    def keep(self, place: Place, name: str, content_type: str, body: bytes, *, inline: bool) -> File:
        """Keep a file for a message to carry; `inline` shows an image within the message. Raises Refused."""
        if not body:
            raise Refused(f"{name or 'The file'} is empty.")
        if len(body) > LARGEST:
            raise Refused(f"{name} is too large: {len(body) // 1024 // 1024} MB, {LARGEST // 1024 // 1024} MB fit.")
        name = name.replace("\\", "/").rpartition("/")[2].strip() or "file"
        inline = inline and content_type.startswith("image/")
        file_id = f"0-{self._ids.hex()}" if inline else self._ids.guid()
        self._store.put_blob(file_id, body)
        return File(
            tenant_id=place.tenant_id,
            id=file_id,
            name=name,
            content_type=content_type or "application/octet-stream",
            size=len(body),
            inline=inline,
            web_url=f"{self._base_url}/sharepoint/{place.tenant_id}/{file_id}/{quote(name, safe='')}",
            place_id=place.id,
            download_key=self._ids.hex(),
        )
