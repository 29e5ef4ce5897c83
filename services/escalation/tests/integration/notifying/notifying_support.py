"""A mail server and calls, for tests of notifications, of the auditor and of the heartbeat."""

from __future__ import annotations

import asyncio
import email
import email.policy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from uuid import UUID, uuid4

from aiosmtpd.smtp import SMTP, Envelope, Session

from haveri_chassis.database import Database
from haveri_contracts.directory import models

DECLARED = datetime(2026, 11, 23, 1, 14, tzinfo=UTC)
FACILITY, SATU, TIMO = UUID(int=501), UUID(int=601), UUID(int=602)
SATUS_ADDRESS = "satu.makela@haveri.example"
PEOPLE = [
    models.Member(
        id=SATU,
        name="Satu Mäkelä",
        email=SATUS_ADDRESS,
        role="responder",
        locale="fi",
        contact_prefs={"phone": "+358 40 555 0130"},
    ),
    models.Member(id=TIMO, name="Timo Rantanen", email="timo.rantanen@haveri.example", role="responder"),
]


@dataclass
class MailServer:
    """Takes every mail, unless told otherwise."""

    port: int = 0
    mails: list[tuple[str, EmailMessage]] = field(default_factory=list)
    refuses: bool = False
    silence: asyncio.Event | None = None

    @property
    def url(self) -> str:
        """As Apprise is told of it, with more than its own four seconds for a busy machine."""
        return f"mailto://127.0.0.1:{self.port}/?mode=insecure&cto=30&rto=30&from=haveri@haveri.example&to={{email}}"

    def conversation(self) -> SMTP:
        """A client has come."""
        return SMTP(self, hostname="localhost")

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _s: SMTP, _c: Session, envelope: Envelope, address: str, _o: list[str]
    ) -> str:
        if self.silence is not None:
            await self.silence.wait()
        if self.refuses:
            return f"550 5.1.1 {address} is unknown"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _s: SMTP, _c: Session, envelope: Envelope) -> str:  # noqa: N802
        message = email.message_from_bytes(envelope.content, _class=EmailMessage, policy=email.policy.default)
        self.mails += [(address, message) for address in envelope.rcpt_tos]
        return "250 OK"

    def forget(self) -> None:
        """As new."""
        self.mails.clear()
        self.refuses = False


@dataclass
class Placed:
    """Rows as the engine writes them."""

    organization: str
    database: Database
    incident: UUID = field(default_factory=uuid4)
    run: UUID = field(default_factory=uuid4)

    async def call(self, *, state: str = "calling", purpose: str = "take", member: UUID = SATU) -> UUID:
        """Somebody is called."""
        call = uuid4()
        async with self.database.transaction(self.organization) as connection:
            await connection.execute(
                "INSERT INTO escalations (organization_id, incident_id, number, title, severity, facility_id) "
                "VALUES ($1, $2, 'INC-42', 'Filler 2 jammed', 'SEV1', $3) ON CONFLICT DO NOTHING",
                self.organization,
                self.incident,
                FACILITY,
            )
            await connection.execute(
                "INSERT INTO calls (organization_id, id, incident_id, run_id, member_id, round, step, purpose, "
                "because, state, called_at) VALUES ($1, $2, $3, $4, $5, 1, 1, $6, 'lead of Night', $7, $8)",
                *(self.organization, call, self.incident, self.run, member, purpose, state, DECLARED),
            )
        return call

    async def step(self, step: int, due_at: datetime, *, outcome: str = "pending", state: str = "running") -> None:
        """A run with a step that is due then."""
        async with self.database.transaction(self.organization) as connection:
            await connection.execute(
                "INSERT INTO runs (organization_id, id, incident_id, facility_id, state, generation, started_at, view) "
                "VALUES ($1, $2, $3, $4, $5, 7, $6, '{}') ON CONFLICT DO NOTHING",
                *(self.organization, self.run, self.incident, FACILITY, state, DECLARED),
            )
            await connection.execute(
                "INSERT INTO run_steps (organization_id, run_id, round, step, incident_id, generation, due_at, "
                "outcome) VALUES ($1, $2, 1, $3, $4, 7, $5, $6)",
                *(self.organization, self.run, step, self.incident, due_at, outcome),
            )
