"""Channels and members of teams: created, renamed, archived, deleted, joined and left."""

from __future__ import annotations

from typing import Literal

from haveri_teams_tenant.clock import Clock, Ids
from haveri_teams_tenant.people.refusals import InTheWay, NotAllowed, Refused
from haveri_teams_tenant.push.publisher import Publisher
from haveri_teams_tenant.state.feed import Feed
from haveri_teams_tenant.state.records import Channel, Team, User
from haveri_teams_tenant.state.world import World

LONGEST_NAME = 50
FORBIDDEN = frozenset("~#%&*{}/\\:<>?+|'\"")


def judge_name(name: str) -> None:
    """Raise Refused, in Graph's words, for a display name that Teams does not allow."""
    if not name.strip():
        raise Refused("Channel.DisplayName is required and cannot be empty.")
    if len(name) > LONGEST_NAME:
        raise Refused(f"Channel.DisplayName exceeds the maximum length of {LONGEST_NAME} characters.")
    if FORBIDDEN & set(name) or any(ord(letter) < 32 for letter in name):
        raise Refused("Channel.DisplayName doesn't contain allowed characters, please use the valid values.")
    if name.startswith(("_", ".")) or name.endswith("."):
        raise Refused("Channel.DisplayName cannot start with an underscore or period, or end with a period.")


class Channels:
    """The life of channels and rosters, told to the bots of the team."""

    def __init__(self, world: World, publisher: Publisher, feed: Feed, clock: Clock, ids: Ids) -> None:
        self._world = world
        self._publisher = publisher
        self._feed = feed
        self._clock = clock
        self._ids = ids

    def create(
        self,
        team: Team,
        name: str,
        description: str = "",
        membership: Literal["standard", "private"] = "standard",
        members: dict[str, Literal["owner", "member"]] | None = None,
    ) -> Channel:
        """Create a channel. Raises Refused for a bad name or a full team, InTheWay for a name in use."""
        judge_name(name)
        self._judge_free(team, name)
        if len(self._world.held_channels(team.tenant_id, team.id)) >= team.channel_cap:
            raise Refused(f"The team has reached the maximum number of channels, {team.channel_cap}.")
        channel = Channel(
            tenant_id=team.tenant_id,
            team_id=team.id,
            id=f"19:{self._ids.hex()}@thread.tacv2",
            name=name,
            description=description,
            created_at=self._clock.now(),
            membership=membership,
            members=members or {},
        )
        self._publisher.channel_changed(self.somebody(team), channel, "channelCreated")
        self._append("channel.created", channel)
        return channel

    def _judge_free(self, team: Team, name: str, besides: str = "") -> None:
        for other in self._world.held_channels(team.tenant_id, team.id):
            if other.id != besides and other.name.casefold() == name.casefold():
                raise InTheWay("Channel name already existed, please use other name")

    def change(self, channel: Channel, name: str | None, description: str | None) -> None:
        """Rename or describe. Raises Refused for a bad name, InTheWay for a name in use."""
        team = self._world.team_of(channel)
        if description is not None:
            channel.description = description
        if name is not None and name != channel.name:
            if channel.id == team.thread_id:
                raise Refused("The General channel cannot be renamed.")
            judge_name(name)
            self._judge_free(team, name, besides=channel.id)
            channel.name = name
            self._publisher.channel_changed(self.somebody(team), channel, "channelRenamed")
        else:
            self._world.put(channel)
        self._append("channel.changed", channel)

    def delete(self, channel: Channel) -> None:
        """Delete; the name stays taken for 30 days. Raises Refused for General."""
        team = self._world.team_of(channel)
        if channel.id == team.thread_id:
            raise Refused("The General channel cannot be deleted.")
        channel.deleted_at = self._clock.now()
        self._publisher.channel_changed(self.somebody(team), channel, "channelDeleted")
        self._append("channel.deleted", channel)

    def archive(self, channel: Channel, *, archived: bool) -> None:
        """Close a channel for writing, or open it again. Raises Refused for General."""
        if channel.id == self._world.team_of(channel).thread_id:
            raise Refused("The General channel cannot be archived.")
        channel.archived = archived
        self._world.put(channel)
        self._append("channel.changed", channel)

    def join(self, team: Team, people: list[User], role: Literal["owner", "member"] = "member") -> None:
        """Put people on a team; those who are there keep their place."""
        new = [person for person in people if person.id not in team.members]
        for person in new:
            team.members[person.id] = role
        self._world.put(team)
        general = self._world.channels.get(team.thread_id)
        if new and general:
            self._publisher.members_changed(self.somebody(team), general, new, added=True)
        self._feed.append("team.changed", team.tenant_id)

    def leave(self, team: Team, person: User) -> None:
        """Take a person off a team. Raises NotAllowed for its last owner."""
        owners = [user_id for user_id, role in team.members.items() if role == "owner"]
        if owners == [person.id]:
            raise NotAllowed("The last owner of a team cannot be removed.")
        team.members.pop(person.id, None)
        self._world.put(team)
        general = self._world.channels[team.thread_id]
        if team.members:
            self._publisher.members_changed(self.somebody(team), general, [person], added=False)
        self._feed.append("team.changed", team.tenant_id)

    def somebody(self, team: Team) -> User:
        """The person in whose name Teams reports what an app or an administrator did: the first owner."""
        owners = [user_id for user_id, role in team.members.items() if role == "owner"]
        for user_id in [*owners, *team.members]:
            if user := self._world.users.get((team.tenant_id, user_id)):
                return user
        raise Refused("The team has no members.")

    def _append(self, kind: str, channel: Channel) -> None:
        self._feed.append(kind, channel.tenant_id, place_id=channel.id)
