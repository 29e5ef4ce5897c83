"""E-mail, SMS, voice and push by Apprise, in threads, each with a time limit."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

from pydantic import SecretStr

from haveri_contracts.directory.contacts import Via
from haveri_contracts.escalation.reasons import ReasonCode
from haveri_escalation.application.calling import NotSent
from haveri_escalation.application.messages import Text

_SECONDS = 20.0
_THREADS = 32
_ADDRESS = {Via.EMAIL: "email", Via.SMS: "phone", Via.VOICE: "phone", Via.PUSH: "push"}


class AppriseNotifier:
    """Carries notifications by the ways whose Apprise URLs are given. A Component.

    The URLs hold secrets and `{email}`, `{phone}` or `{push}` where the address goes. A text that was not handed over
    within `seconds` counts as not sent; it may still arrive. Apprise names recipients in its logs, so it has none.
    """

    name = "notifier"

    def __init__(self, urls: Mapping[Via, SecretStr], *, seconds: float = _SECONDS) -> None:
        self._urls = dict(urls)
        self._seconds = seconds
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="notify")
        logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)

    async def start(self) -> None:
        """Nothing to begin: a house that calls people in chat only never loads Apprise."""

    async def stop(self) -> None:
        """Begin nothing more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def problem(self) -> str | None:
        """There is nothing that it depends on between two notifications."""
        return None

    async def send(self, via: str, address: str, text: Text) -> None:
        """Hand a text over for one address; raises NotSent."""
        way = Via(via)
        url = self._urls.get(way)
        if url is None:
            raise NotSent(ReasonCode.WAY_NOT_SET_UP)
        target = _target(url.get_secret_value(), way, address)
        loop = asyncio.get_running_loop()
        try:
            taken = await asyncio.wait_for(
                loop.run_in_executor(self._threads, _send, target, text.subject, text.body), self._seconds
            )
        except TimeoutError:
            raise NotSent(ReasonCode.NO_REPLY, seconds=self._seconds) from None
        if not taken:
            raise NotSent(ReasonCode.NOT_ACCEPTED)


def _target(template: str, way: Via, address: str) -> str:
    value = address if way is not Via.SMS and way is not Via.VOICE else "".join(address.split())
    return template.replace(f"{{{_ADDRESS[way]}}}", quote(value, safe=""))


def _send(url: str, subject: str, body: str) -> bool:
    # Its hundreds of plugins cost a quarter of a second and 25 MiB: once, in this thread, when one is first needed.
    import apprise  # noqa: PLC0415

    asset = apprise.AppriseAsset(app_id="Haveri", app_desc="Haveri", app_url="", async_mode=False)
    service: Any = apprise.Apprise.instantiate(url, asset=asset)
    if service is None:
        return False
    # Plain text, so that it reads the same everywhere and nothing that people typed is taken for markup.
    service.notify_format = apprise.NotifyFormat.TEXT
    carrier = apprise.Apprise(asset=asset)
    carrier.add(service)
    return bool(
        carrier.notify(
            body=body,
            title=subject,
            body_format=apprise.NotifyFormat.TEXT,
            notify_type=apprise.NotifyType.WARNING,
            interpret_escapes=False,
        )
    )
