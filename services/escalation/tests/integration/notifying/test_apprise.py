"""Handing notifications over: real SMTP, real HTTP, and providers that do not do their part."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest
from notifying_support import SATUS_ADDRESS, MailServer
from pydantic import SecretStr

from haveri_contracts.directory.contacts import Via
from haveri_contracts.escalation.reasons import Reason, ReasonCode
from haveri_escalation.adapters.apprise_notifier import AppriseNotifier
from haveri_escalation.application.calling import NotSent
from haveri_escalation.application.messages import Text

LETTER = Text(
    "Kukaan ei ole vielä ottanut häiriötä INC-42.\n\n<b>Mitä</b>: *Täyttökone 2*\n", "[SEV1] INC-42 Täyttökone 2"
)


def notifier(seconds: float = 10, **urls: str) -> AppriseNotifier:
    return AppriseNotifier({Via(via): SecretStr(url) for via, url in urls.items()}, seconds=seconds)


async def test_a_letter_arrives_as_it_was_written(mail: MailServer) -> None:
    mail.forget()
    await notifier(email=mail.url).send("email", SATUS_ADDRESS, LETTER)
    ((address, message),) = mail.mails
    assert (address, message["To"], message["Subject"]) == (SATUS_ADDRESS, SATUS_ADDRESS, LETTER.subject)
    assert message.get_content_type() == "text/plain"
    assert message.get_content().replace("\r\n", "\n").strip() == LETTER.body.strip()


async def test_a_refused_letter_failed_and_nobody_reads_the_address_in_a_log_or_reason(
    mail: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    mail.refuses = True
    with caplog.at_level(logging.DEBUG), pytest.raises(NotSent) as failed:
        await notifier(email=mail.url).send("email", SATUS_ADDRESS, LETTER)
    mail.refuses = False
    assert failed.value.reason == Reason.of(ReasonCode.NOT_ACCEPTED)
    # The mail server of this test logs for itself.
    ours = [record.getMessage() for record in caplog.records if record.name != "mail.log"]
    assert not [line for line in ours if "haveri.example" in line]


async def test_a_provider_that_does_not_answer_holds_nobody_up(mail: MailServer) -> None:
    mail.silence = asyncio.Event()
    with pytest.raises(NotSent, match="no reply"):
        await notifier(0.2, email=mail.url).send("email", SATUS_ADDRESS, LETTER)
    mail.silence.set()
    mail.silence = None


async def test_a_provider_that_is_down_failed() -> None:
    with pytest.raises(NotSent):
        await notifier(email="mailto://127.0.0.1:1/?mode=insecure&from=a@b.example&to={email}").send(
            "email", SATUS_ADDRESS, LETTER
        )


@pytest.mark.parametrize("url", ["no such thing://{email}", "mailto://"])
async def test_a_setting_that_is_no_apprise_url_fails_and_raises_nothing_else(url: str) -> None:
    with pytest.raises(NotSent):
        await notifier(email=url).send("email", SATUS_ADDRESS, LETTER)


async def test_a_way_that_is_not_set_up_is_said_so() -> None:
    with pytest.raises(NotSent, match="not set up"):
        await notifier().send("sms", "+358 40 555 0130", LETTER)


@pytest.fixture
async def requests() -> AsyncIterator[tuple[int, list[str]]]:
    """An HTTP server that takes everything: its port, and the first lines of what came."""
    lines: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        lines.append(head.splitlines()[0])
        length = next(
            int(line.split(":")[1]) for line in head.splitlines() if line.lower().startswith("content-length")
        )
        lines.append((await reader.readexactly(length)).decode())
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1], lines
    server.close()


async def test_the_phone_number_stands_where_the_setting_wants_it(requests: tuple[int, list[str]]) -> None:
    port, lines = requests
    await notifier(sms=f"json://127.0.0.1:{port}/send/{{phone}}").send("sms", "+358 40 555 0130", Text("SEV1 INC-42"))
    assert lines[0] == "POST /send/+358405550130 HTTP/1.1"
    assert "SEV1 INC-42" in lines[1]
