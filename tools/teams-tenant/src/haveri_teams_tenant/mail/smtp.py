"""The SMTP door, on the loopback interface: takes mail for people of the tenants, and for nobody else."""

from __future__ import annotations

import asyncio

from aiosmtpd.smtp import SMTP, Envelope, Session

from haveri_teams_tenant.mail.mailboxes import Mailboxes

_HOST = "127.0.0.1"
_LARGEST = 1_000_000


class MailDoor:
    """Answers on `port` (0: the system chooses) between `start` and `close`."""

    def __init__(self, mailboxes: Mailboxes, port: int) -> None:
        self._mailboxes = mailboxes
        self._wanted = port
        self._server: asyncio.Server | None = None

    @property
    def host(self) -> str:
        """Where it answers."""
        return _HOST

    @property
    def port(self) -> int:
        """The port it really got; 0 while it is closed."""
        return int(self._server.sockets[0].getsockname()[1]) if self._server else 0

    async def start(self) -> None:
        """Listen. Raises OSError when the port is taken."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._conversation, _HOST, self._wanted)

    def _conversation(self) -> SMTP:
        # A given host name spares a look-up of our own in the DNS for each connection.
        return SMTP(self, hostname="localhost", data_size_limit=_LARGEST, enable_SMTPUTF8=True)

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take a recipient who has a mailbox here."""
        if not self._mailboxes.owners(address):
            return "550 5.1.1 Nobody here has this address"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Keep the mail."""
        content = envelope.content or b""
        raw = content.encode() if isinstance(content, str) else content
        self._mailboxes.receive([str(address) for address in envelope.rcpt_tos], raw)
        return "250 OK"

    async def close(self) -> None:
        """Take no more mail."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
