"""The mailboxes: real SMTP in, the page and the client out."""

from __future__ import annotations

import smtplib

import httpx2
import pytest
from tenant_support import ANNA, LIISA, MIKKO, Stage

LINK = "https://haveri.example/answer/demo.eyJ.abc"
SUBJECT = "[SEV1] INC-42 Täyttökone 2 seis"


async def post(stage: Stage, to: str, text: str = f"Filler 2 jammed.\n\nI've got it: {LINK}\n") -> None:
    await stage.post_mail(to, SUBJECT, text)


async def test_mail_reaches_the_person_and_nobody_else(stage: Stage) -> None:
    await post(stage, "Anna@Tampere.example")
    mail = await stage.tampere.wait_for_mail(ANNA, lambda mail: "INC-42" in mail.subject)
    assert (mail.sender, mail.subject) == ("Haveri", SUBJECT)
    assert mail.links() == [LINK]
    assert await stage.tampere.as_user(MIKKO).mails() == []


async def test_one_mail_to_two_people_lies_in_both_mailboxes(stage: Stage) -> None:
    await post(stage, "anna@tampere.example, mikko@tampere.example")
    for person in (ANNA, MIKKO):
        assert len(await stage.tampere.as_user(person).mails()) == 1


async def test_mail_to_nobodys_address_is_refused(stage: Stage) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        await post(stage, "stranger@tampere.example")
    assert refused.value.recipients["stranger@tampere.example"][0] == 550


async def test_the_page_shows_a_mail_with_a_link_to_follow_and_the_text_escaped(stage: Stage) -> None:
    await post(stage, "anna@tampere.example", f"<b>now</b>: {LINK}.")
    async with httpx2.AsyncClient(base_url=stage.process.url, follow_redirects=True, trust_env=False) as anna:
        front = await anna.post(f"/t/{stage.tampere.id}/who", data={"user_id": stage.anna.aad_object_id})
        assert 'data-testid="channel-Mail"' in front.text
        assert 'data-testid="unread">1' in front.text
        page = await anna.get(f"/t/{stage.tampere.id}/c/mail")
        assert f'<a href="{LINK}" target="_blank" rel="noopener noreferrer" data-testid="mail-link">' in page.text
        assert "&lt;b&gt;now&lt;/b&gt;" in page.text
        again = await anna.get(f"/t/{stage.tampere.id}/rail")
        assert 'data-testid="unread"' not in again.text


async def test_a_mail_of_markup_alone_is_shown_as_text(stage: Stage) -> None:
    await stage.post_mail("liisa@oulu.example", SUBJECT, f"<p>Filler 2 &amp; 3<br>{LINK}</p>", "html")
    (mail,) = await stage.oulu.as_user(LIISA).mails()
    assert mail.text == f"Filler 2 & 3\n{LINK}"


async def test_mail_that_was_taken_survives_the_death_of_the_process(mortal_stage: Stage) -> None:
    await post(mortal_stage, "anna@tampere.example")
    await mortal_stage.process.kill()
    await mortal_stage.process.start()
    assert len(await mortal_stage.tampere.as_user(ANNA).mails()) == 1
