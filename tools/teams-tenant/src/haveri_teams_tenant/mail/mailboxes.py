"""Everybody's mailbox: who has one, and what arrives in it."""

from __future__ import annotations

from haveri_teams_tenant.clock import Clock
from haveri_teams_tenant.mail.letters import read_letter
from haveri_teams_tenant.state.feed import Feed
from haveri_teams_tenant.state.records import MAIL, Mail, ReadMark, User
from haveri_teams_tenant.state.world import World


class Mailboxes:
    """Keeps mails for the people of all tenants, and tells the feed."""

    def __init__(self, world: World, feed: Feed, clock: Clock) -> None:
        self._world = world
        self._feed = feed
        self._clock = clock

    def owners(self, address: str) -> list[User]:
        """Whose address this is: one person in each tenant that knows it."""
        wanted = address.casefold()
        return [user for user in self._world.users.values() if user.email.casefold() == wanted]

    def receive(self, recipients: list[str], raw: bytes) -> list[Mail]:
        """Keep a mail for each recipient; it is on disk when this returns."""
        letter = read_letter(raw)
        now = self._clock.now()
        mails = [
            Mail(
                tenant_id=user.tenant_id,
                user_id=user.id,
                id=self._world.next_message_id(),
                sender=letter.sender,
                address=user.email,
                subject=letter.subject,
                text=letter.text,
                received_at=now,
            )
            for address in dict.fromkeys(recipients)
            for user in self.owners(address)
        ]
        self._world.put(*mails)
        for mail in mails:
            self._feed.append("mail.received", mail.tenant_id, place_id=MAIL, message_id=mail.id, only_for=mail.user_id)
        return mails

    def of(self, user: User) -> list[Mail]:
        """A person's mails, oldest first."""
        return self._world.mails_of[user.tenant_id, user.id]

    def unread(self, user: User) -> int:
        """How many of them the person has not seen."""
        mark = int(self._world.reads.get((user.tenant_id, user.id, MAIL), "0"))
        return sum(int(mail.id) > mark for mail in self.of(user))

    def mark_read(self, user: User) -> None:
        """The person has seen all of them."""
        if self.unread(user):
            last = self.of(user)[-1].id
            mark = ReadMark(tenant_id=user.tenant_id, user_id=user.id, place_id=MAIL, message_id=last)
            self._world.put(mark)
