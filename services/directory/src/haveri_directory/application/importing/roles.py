"""Roles on shift of a document, put into the teams."""

from __future__ import annotations

from uuid import UUID

from haveri_contracts.directory.models import ShiftRole, Team
from haveri_directory.application.importing.entries import Document, Entry
from haveri_directory.application.importing.findings import Findings, Place
from haveri_directory.application.importing.names import given
from haveri_directory.application.importing.people import People, with_shift_info

_MOST_ROLES = 20
_MOST_HOLDERS = 200


def read_roles(document: Document, people: People, findings: Findings) -> None:
    """Give the people's teams the roles of the document; only a team's members have roles in it."""
    found: dict[UUID, list[ShiftRole]] = {}
    for entry in document.of("role"):
        team_id, role = people.team_around(entry), _role(entry, people, findings)
        if team_id in people.teams and team_id is not None and role is not None:
            _check_holders(people.teams[team_id], role, entry.place_of("members"), people, findings)
            found.setdefault(team_id, []).append(role)
            if len(found[team_id]) > _MOST_ROLES:
                findings.add(entry.place, f"A team has at most {_MOST_ROLES} roles.", "roles")
    for team_id, roles in found.items():
        people.teams[team_id] = with_shift_info(people.teams[team_id], roles=roles)
    for team in people.teams.values():
        if team.id not in found:
            _check_leavers(team, people, findings)


def _role(entry: Entry, people: People, findings: Findings) -> ShiftRole | None:
    name = given(entry, "role", None, findings)
    members = [people.member_named(named) for named in entry.values.get("members", [])]
    if len(members) > _MOST_HOLDERS:
        findings.add(entry.place_of("members"), f"At most {_MOST_HOLDERS} members have one role.", "members")
        return None
    if name is None or None in members:
        return None
    return ShiftRole(role=name, member_ids=[id for id in members if id is not None])


def _check_holders(team: Team, role: ShiftRole, place: Place, people: People, findings: Findings) -> None:
    for member_id in role.member_ids:
        if member_id not in team.member_ids and member_id in people.members:
            name = people.members[member_id].name
            problem = f"{name} is not in {team.name}; {role.role!r} has to be one of its members."
            findings.add(place, problem, "members")


def _check_leavers(team: Team, people: People, findings: Findings) -> None:
    """Whom the document takes out of a team cannot keep a role there."""
    for role in team.shift_info.roles:
        for member_id in role.member_ids:
            entry = people.entry_of(member_id)
            if member_id not in team.member_ids and entry is not None:
                _check_holders(team, role, entry.place_of("teams"), people, findings)
