"""The chat tenants of the organisations that come with Haveri."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

from haveri_contracts.directory.models import ChatSettings
from haveri_directory.demo.plants import BOREALIS, DEMO, demo_file, parsed_plant

_TENANTS = {DEMO: "teams.yaml", BOREALIS: "borealis-teams.yaml"}
_LANGUAGES = {"en": "en-US", "fi": "fi-FI", "de": "de-DE"}


@dataclass(frozen=True, slots=True)
class TenantUser:
    """A person of the tenant; `locale` as Teams writes it (`fi-FI`), `timezone` an IANA name."""

    aad_object_id: str
    name: str
    email: str
    locale: str
    timezone: str


@dataclass(frozen=True, slots=True)
class TenantChannel:
    """A channel; `id` is `19:…@thread.tacv2`."""

    name: str
    id: str


@dataclass(frozen=True, slots=True)
class TenantTeam:
    """A team; `members` are e-mail addresses, the owner's first."""

    group_id: str
    name: str
    channels: tuple[TenantChannel, ...]
    members: tuple[str, ...]
    global_channel: str

    @property
    def global_channel_id(self) -> str:
        """The channel for live summaries of all incidents."""
        return next(channel.id for channel in self.channels if channel.name == self.global_channel)


@dataclass(frozen=True, slots=True)
class TenantSeed:
    """A Microsoft 365 tenant: ids, people and teams."""

    tenant_id: str
    name: str
    users: tuple[TenantUser, ...]
    teams: tuple[TenantTeam, ...]

    def chat_settings(self) -> ChatSettings:
        """The settings that connect the organisation with its first team here."""
        team = self.teams[0]
        return ChatSettings(tenant_id=self.tenant_id, team_id=team.group_id, global_channel_id=team.global_channel_id)


def teams_tenant(organization: str = DEMO) -> TenantSeed:
    """The Microsoft 365 tenant of an organisation that comes with Haveri. Raises KeyError for another slug."""
    tenant = yaml.safe_load(demo_file(_TENANTS[organization]))
    return TenantSeed(
        tenant_id=tenant["tenant_id"],
        name=tenant["name"],
        users=_users(parsed_plant(organization)),
        teams=tuple(_team(team) for team in tenant["teams"]),
    )


def _team(team: dict[str, Any]) -> TenantTeam:
    return TenantTeam(
        group_id=team["group_id"],
        name=team["name"],
        channels=tuple(TenantChannel(channel["name"], channel["id"]) for channel in team["channels"]),
        members=tuple(team["members"]),
        global_channel=team["global_channel"],
    )


def _users(plant: dict[str, Any]) -> tuple[TenantUser, ...]:
    zones = {
        f"{facility['name']} / {team['name']}": facility["timezone"]
        for facility in plant["facilities"]
        for team in facility["teams"]
    }
    # In a plant of one facility teams are called by their own names.
    zones |= {key.partition(" / ")[2]: zone for key, zone in zones.items()}
    return tuple(
        TenantUser(
            aad_object_id=member["chat"]["teams"],
            name=member["name"],
            email=member["email"],
            locale=_LANGUAGES[member["locale"]],
            timezone=zones[member["teams"][0]],
        )
        for member in plant["members"]
    )
