"""The environment of the escalation service."""

from __future__ import annotations

from pydantic import Field, SecretStr

from haveri_chassis.settings import ServiceSettings
from haveri_contracts.directory.contacts import Via


class EscalationSettings(ServiceSettings):
    """Database and bus, the key of the answer links, and how to notify outside of chat.

    The `notify_…_url` are Apprise URLs with `{email}`, `{phone}` or `{push}` where the member's address goes; a way
    whose URL is not set is not set up. All may be given as `…_FILE` with the name of a file.
    """

    link_key: SecretStr = Field(min_length=32, description="the secret that signs answer links, at least 32 characters")
    notify_email_url: SecretStr | None = Field(default=None, description="the Apprise URL for e-mail, with {email}")
    notify_sms_url: SecretStr | None = Field(default=None, description="the Apprise URL for SMS, with {phone}")
    notify_voice_url: SecretStr | None = Field(default=None, description="the Apprise URL for calls, with {phone}")
    notify_push_url: SecretStr | None = Field(default=None, description="the Apprise URL for push, with {push}")

    def notify_urls(self) -> dict[Via, SecretStr]:
        """The Apprise URL of each way that is set up."""
        urls = {
            Via.EMAIL: self.notify_email_url,
            Via.SMS: self.notify_sms_url,
            Via.VOICE: self.notify_voice_url,
            Via.PUSH: self.notify_push_url,
        }
        return {via: url for via, url in urls.items() if url is not None}

    @property
    def ways_set_up(self) -> frozenset[str]:
        """The ways besides chat by which this house can notify."""
        return frozenset(via.value for via in self.notify_urls())
