"""Teams, shifts and members of a document, put together with those of the directory."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from haveri_chassis.ids import Ids
from haveri_contracts.directory.models import ChatIdentity, Member, Shift, ShiftInfo, Team
from haveri_contracts.plain import Role, name_key
from haveri_directory.application.importing.entries import Document, Entry
from haveri_directory.application.importing.findings import Findings
from haveri_directory.application.importing.names import Names, Register, given, resolve
from haveri_directory.application.importing.places import Places
from haveri_directory.application.importing.readers import Named
from haveri_directory.application.put_member import in_order
from haveri_directory.store.snapshot import Snapshot

_FACILITY_AND_TEAM = " / "


class People:
    """All teams and members as they would be, by id; both views of memberships agree."""

    def __init__(self, document: Document, before: Snapshot, places: Places, ids: Ids, findings: Findings) -> None:
        self._before = before
        self._places = places
        self._ids = ids
        self._findings = findings
        self._team_names = Names()
        self._member_names = Names()
        self._team_of: dict[Entry, UUID | None] = {}
        self._entry_of: dict[UUID, Entry] = {}
        self.described: set[UUID] = set()
        self.teams = dict(before.teams)
        self.members = dict(before.members)
        self._read_teams(document)
        self._read_members(document)
        self._read_shifts(document)
        self._join()
        self._check_identities()
        self._check_administrators()

    def _read_teams(self, document: Document) -> None:
        known = {(thing.facility_id, name_key(thing.name)): thing.id for thing in self._before.teams.values()}
        register = Register("team", known, self._ids, self._findings)
        for thing in self._before.teams.values():
            self._team_names.add(thing.name, thing.id, self._places.name_of(thing.facility_id))
        for entry in document.of("team"):
            name = given(entry, "name", None, self._findings)
            facility_id = self._places.facility_of(entry)
            if name is None or facility_id is None:
                continue
            id = register.claim((facility_id, name_key(name)), entry.place, name)
            self._team_of[entry] = id
            if id is not None:
                self.described.add(id)
                self._team_names.add(name, id, self._places.name_of(facility_id))
                before = self._before.teams.get(id)
                self.teams[id] = Team(id=id, name=name, facility_id=facility_id, shift_info=_kept(entry, before))

    def _read_members(self, document: Document) -> None:
        known = {(thing.email,): thing.id for thing in self._before.members.values()}
        register = Register("member", known, self._ids, self._findings)
        for thing in self._before.members.values():
            self._name_member(thing.name, thing.email, thing.id)
        for entry in document.of("member"):
            email: str | None = given(entry, "email", None, self._findings)
            id = register.claim((email,), entry.place, email) if email else None
            if email is not None and id is not None:
                self._build_member(entry, id, email)

    def _build_member(self, entry: Entry, id: UUID, email: str) -> None:
        before = self._before.members.get(id)
        self._entry_of[id] = entry
        self.described.add(id)
        name = given(entry, "name", before.name if before else None, self._findings)
        role = given(entry, "role", before.role if before else None, self._findings)
        self._name_member(name or email, email, id)
        team_ids = self._teams_of(entry, before)
        if name is None or role is None:
            return
        member = Member(
            id=id,
            name=name,
            email=email,
            role=role,
            team_ids=team_ids,
            chat_identities=_identities(entry, before),
            contact_prefs=entry.values.get("contact", before.contact_prefs if before else {}),
            locale=entry.values.get("locale", before.locale if before else self._before.organization.locale),
        )
        self.members[id] = in_order(member)

    def entry_of(self, member_id: UUID) -> Entry | None:
        """Where the document describes a member."""
        return self._entry_of.get(member_id)

    def _name_member(self, name: str, email: str, id: UUID) -> None:
        self._member_names.add(name, id, email)
        self._member_names.add(email, id, email)

    def _teams_of(self, entry: Entry, before: Member | None) -> list[UUID]:
        if "teams" not in entry.values:
            return before.team_ids if before else []
        found = [self.team_named(named) for named in entry.values["teams"]]
        return [id for id in found if id is not None]

    def team_named(self, named: Named, field: str = "teams", around: str | None = None) -> UUID | None:
        """The team that a name means: its own, or `<facility> / <team>`; in the facility `around` if there is one."""
        said, place = named
        facility, slash, team = said.partition(_FACILITY_AND_TEAM)
        # A team's own name may hold the separator.
        whole = not slash or bool(self._team_names.find(said))
        return resolve(
            said if whole else team.strip(),
            self._team_names,
            around if whole else facility.strip(),
            "team",
            lambda problem: self._findings.add(place, f"{problem} Write '<facility> / <team>'.", field),
            lambda: self._findings.unknown(place, said, "a team here", self._team_names.all(), field),
        )

    def _read_shifts(self, document: Document) -> None:
        shifts: dict[UUID, list[Shift]] = {}
        for entry in document.of("shift"):
            team_id = self.team_around(entry)
            shift = self._build_shift(entry)
            if team_id in self.teams and team_id is not None and shift is not None:
                shifts.setdefault(team_id, []).append(shift)
        for team_id, given_shifts in shifts.items():
            team = self.teams[team_id]
            if len(given_shifts) > _MOST_SHIFTS:
                place = next(entry.place for entry in document.of("shift") if self.team_around(entry) == team_id)
                self._findings.add(place, f"A team has at most {_MOST_SHIFTS} shifts; {team.name!r} would have more.")
                continue
            self.described.add(team_id)
            self.teams[team_id] = with_shift_info(team, shifts=given_shifts)

    def team_around(self, entry: Entry) -> UUID | None:
        """The team that an entry stands in, or names."""
        if entry.parent is not None:
            return self._team_of.get(entry.parent)
        name = given(entry, "team", None, self._findings)
        facility = self._places.facility_named(entry) if "facility" in entry.values else None
        if name is None or "facility" in entry.broken or ("facility" in entry.values and facility is None):
            return None
        place = entry.place_of("team")
        return resolve(
            name,
            self._team_names,
            self._places.name_of(facility) if facility else None,
            "team",
            lambda problem: self._findings.add(place, problem, "team"),
            lambda: self._findings.unknown(place, name, "a team there", self._team_names.all(), "team"),
        )

    def _build_shift(self, entry: Entry) -> Shift | None:
        name = given(entry, "name", None, self._findings)
        start = given(entry, "from", None, self._findings)
        end = given(entry, "to", None, self._findings)
        members = [self.member_named(named) for named in entry.values.get("members", [])]
        if name is None or start is None or end is None or None in members:
            return None
        optional: dict[str, Any] = {
            field: entry.values[field] for field in ("days", "rests_on_holidays") if field in entry.values
        }
        return Shift(name=name, start=start, end=end, member_ids=[id for id in members if id], **optional)

    def member_named(self, named: Named) -> UUID | None:
        """The member that a name or an e-mail address means."""
        said, place = named
        return resolve(
            said,
            self._member_names,
            None,
            "member",
            lambda problem: self._findings.add(place, problem, "members"),
            lambda: self._findings.unknown(place, said, "a member here", self._member_names.all(), "members"),
        )

    def _join(self) -> None:
        """Let teams see the members that say they belong to them."""
        members_of: dict[UUID, list[UUID]] = {team_id: [] for team_id in self.teams}
        for member in self.members.values():
            for team_id in member.team_ids:
                members_of.setdefault(team_id, []).append(member.id)
        for team_id, team in self.teams.items():
            joined = sorted(members_of[team_id])
            if joined != team.member_ids:
                self.teams[team_id] = team.model_copy(update={"member_ids": joined})

    def _check_identities(self) -> None:
        holders: dict[ChatIdentity, UUID] = {}
        # Members that the document does not describe first: whoever claims theirs is the one to correct.
        for id in sorted(self.members, key=lambda id: id in self._entry_of):
            for identity in self.members[id].chat_identities:
                holder = holders.setdefault(identity, id)
                if holder != id:
                    entry = self._entry_of[id]
                    problem = f"{self.members[holder].name} is {identity.user_id!r} on {identity.platform} already."
                    self._findings.add(entry.place_of("chat"), problem, "chat")

    def _check_administrators(self) -> None:
        if any(member.role is Role.ADMINISTRATOR for member in self.members.values()):
            return
        for id, entry in self._entry_of.items():
            before = self._before.members.get(id)
            if before is not None and before.role is Role.ADMINISTRATOR:
                problem = f"{before.name} is the last administrator; make somebody else one first."
                self._findings.add(entry.place_of("role"), problem, "role")


_MOST_SHIFTS = 50


def with_shift_info(team: Team, **parts: Any) -> Team:
    """The team with other shifts or roles."""
    return team.model_copy(update={"shift_info": team.shift_info.model_copy(update=parts)})


def _kept(entry: Entry, before: Team | None) -> ShiftInfo:
    """What stays of a team's shifts and roles: those of which the document says nothing."""
    if before is None:
        return ShiftInfo()
    return before.shift_info.model_copy(update={part: [] for part in ("shifts", "roles") if part in entry.values})


def _identities(entry: Entry, before: Member | None) -> list[ChatIdentity]:
    """Those the document gives, and those on platforms that it does not mention."""
    given_identities: list[ChatIdentity] = entry.values.get("chat", [])
    platforms = {identity.platform for identity in given_identities}
    kept = [identity for identity in before.chat_identities if identity.platform not in platforms] if before else []
    return [*kept, *given_identities]
