"""What a tenant's administrator does: people, teams, and which apps are installed."""

from __future__ import annotations

from collections.abc import Sequence

from haveri_teams_tenant.clock import Clock, Ids
from haveri_teams_tenant.control.bodies import InstallApp, SeedTeam
from haveri_teams_tenant.people.channels import Channels, judge_name
from haveri_teams_tenant.people.refusals import InTheWay, NotThere, Refused
from haveri_teams_tenant.push.outbox import Outbox
from haveri_teams_tenant.push.publisher import Publisher
from haveri_teams_tenant.state.feed import Feed
from haveri_teams_tenant.state.records import (
    App,
    Channel,
    Installation,
    Team,
    Tenant,
    User,
)
from haveri_teams_tenant.state.world import World

GENERAL = "General"


class Administration:
    """Seeding and installing, safe to repeat: what is there stays, what is new is added."""

    def __init__(
        self, world: World, channels: Channels, publisher: Publisher, outbox: Outbox, feed: Feed, clock: Clock, ids: Ids
    ) -> None:
        self._world = world
        self._channels = channels
        self._publisher = publisher
        self._outbox = outbox
        self._feed = feed
        self._clock = clock
        self._ids = ids

    def seed(self, tenant: Tenant, users: Sequence[User], teams: Sequence[SeedTeam]) -> None:
        """Bring a tenant to at least this state. Raises InTheWay when an id belongs to another tenant."""
        # Everything is judged before anything is written, so that a refused seed leaves nothing behind.
        known = {name for user in [*users, *self._world.users_of(tenant.id)] for name in _names(user)}
        for team in teams:
            self._judge_team(tenant, team, known)
        with self._world.store.transaction():
            self._world.put(tenant, *users)
            for wanted in teams:
                self._seed_team(tenant, wanted)
        self._feed.append("tenant.seeded", tenant.id)

    def _judge_team(self, tenant: Tenant, wanted: SeedTeam, known: set[str]) -> None:
        if not known or (wanted.members is not None and not wanted.members):
            raise Refused(f"The team {wanted.name!r} has no members.")
        for name in wanted.members or []:
            if name.casefold() not in known:
                raise Refused(f"The team {wanted.name!r} lists {name!r}, who is not among the users.")
        for channel in wanted.channels:
            judge_name(channel.name)
            known_channel = self._world.channels.get(channel.id)
            if known_channel and (known_channel.tenant_id, known_channel.team_id) != (tenant.id, wanted.group_id):
                raise InTheWay(f"The channel id {channel.id} is used by another team.")

    def _seed_team(self, tenant: Tenant, wanted: SeedTeam) -> None:
        known = self._world.teams.get((tenant.id, wanted.group_id))
        team = known or self._new_team(tenant, wanted)
        team.name = wanted.name
        team.channel_cap = wanted.channel_cap or team.channel_cap
        self._world.put(team)
        people = [self._person(tenant.id, name) for name in wanted.members or []]
        self._channels.join(team, people if wanted.members is not None else self._world.users_of(tenant.id))
        for channel in wanted.channels:
            self._seed_channel(team, channel.id, channel.name)

    def _person(self, tenant_id: str, name: str) -> User:
        person = self._world.find_user(tenant_id, name)
        if person is None:
            raise Refused(f"There is no person {name!r} in this tenant.")
        return person

    def _new_team(self, tenant: Tenant, wanted: SeedTeam) -> Team:
        named = next((channel.id for channel in wanted.channels if channel.id and channel.name == GENERAL), "")
        thread_id = named or f"19:{self._ids.hex()}@thread.tacv2"
        team = Team(tenant_id=tenant.id, id=wanted.group_id, thread_id=thread_id, name=wanted.name)
        people = wanted.members if wanted.members is not None else [u.id for u in self._world.users_of(tenant.id)]
        if people:
            team.members[self._person(tenant.id, people[0]).id] = "owner"
        general = Channel(
            tenant_id=tenant.id, team_id=team.id, id=thread_id, name=GENERAL, created_at=self._clock.now()
        )
        self._world.put(team, general)
        return team

    def _seed_channel(self, team: Team, channel_id: str, name: str) -> None:
        held = self._world.held_channels(team.tenant_id, team.id)
        if any(channel.id == channel_id or channel.name.casefold() == name.casefold() for channel in held):
            return
        if not channel_id:
            self._channels.create(team, name)
            return
        now = self._clock.now()
        channel = Channel(tenant_id=team.tenant_id, team_id=team.id, id=channel_id, name=name, created_at=now)
        self._publisher.channel_changed(self._channels.somebody(team), channel, "channelCreated")

    def install(self, tenant_id: str, app: App, wanted: InstallApp) -> Installation:
        """Register the app and install it; teams it is new in tell the bot. Raises NotThere, Refused."""
        if tenant_id not in self._world.tenants:
            raise NotThere("There is no such tenant.")
        before = self._world.installed(tenant_id, app.id)
        there = before.teams if before else {}
        everywhere = [team.id for team in self._world.teams_of(tenant_id)]
        teams = wanted.teams if wanted.teams is not None else everywhere
        for team_id in teams:
            if (tenant_id, team_id) not in self._world.teams:
                raise NotThere(f"There is no team {team_id}.")
        installation = Installation(
            tenant_id=tenant_id,
            app_id=app.id,
            teams={**there, **dict.fromkeys(teams, wanted.mode)},
            commands=wanted.commands,
            message_actions=wanted.message_actions,
        )
        self._world.put(app, installation)
        for team_id in teams:
            if team_id not in there:
                general = self._general(tenant_id, team_id)
                self._publisher.installed(app, self._channels.somebody(self._world.team_of(general)), general)
        self._outbox.wake(app.id)
        self._feed.append("app.installed", tenant_id)
        return installation

    def remove(self, tenant_id: str, app_id: str) -> None:
        """Take the app out of the tenant: it learns so, and every door is closed to it from now on."""
        installation = self._world.installed(tenant_id, app_id)
        if installation is None:
            raise NotThere("The app is not installed.")
        self._outbox.drop(tenant_id, app_id)
        app = self._world.apps[app_id]
        for team_id in installation.teams:
            general = self._general(tenant_id, team_id)
            self._publisher.removed(app, self._channels.somebody(self._world.team_of(general)), general)
        installation.removed = True
        self._world.put(installation)
        self._feed.append("app.removed", tenant_id)

    def _general(self, tenant_id: str, team_id: str) -> Channel:
        return self._world.channels[self._world.teams[tenant_id, team_id].thread_id]


def _names(user: User) -> tuple[str, str, str]:
    """By what a person can be called in a seed."""
    return user.id.casefold(), user.email.casefold(), user.name.casefold()
