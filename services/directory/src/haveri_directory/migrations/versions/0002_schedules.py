"""Rotations, changes of shifts, holidays.

Revision ID: 0002
"""

from __future__ import annotations

from alembic import op

from haveri_chassis.migrations import protect_tenant_table

revision = "0002"
down_revision = "0001"

_TABLES = {
    "rotations": """
        CREATE TABLE rotations (
            organization_id text NOT NULL,
            id uuid NOT NULL,
            name text NOT NULL,
            name_key text COLLATE "C" NOT NULL,
            facility_id uuid NOT NULL,
            kind text NOT NULL,
            first_day date NOT NULL,
            last_day date,
            slots jsonb NOT NULL,
            pattern jsonb NOT NULL,
            crews jsonb NOT NULL,
            rests_on_holidays boolean NOT NULL,
            PRIMARY KEY (organization_id, id),
            UNIQUE (organization_id, facility_id, name_key),
            FOREIGN KEY (organization_id, facility_id) REFERENCES facilities
        )
        """,
    # `proposed_by` is history: who proposed a change may leave before it is over. `imported_uid` is the UID of the
    # calendar event that a change was read from.
    "shift_changes": """
        CREATE TABLE shift_changes (
            organization_id text NOT NULL,
            id uuid NOT NULL,
            team_id uuid NOT NULL,
            kind text NOT NULL,
            member_id uuid,
            substitute_id uuid,
            starts_at timestamptz NOT NULL,
            ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
            return_starts_at timestamptz,
            return_ends_at timestamptz CHECK (return_ends_at > return_starts_at),
            shift text,
            note text NOT NULL,
            accepted boolean NOT NULL,
            proposed_by uuid,
            imported_uid text COLLATE "C",
            PRIMARY KEY (organization_id, id),
            FOREIGN KEY (organization_id, team_id) REFERENCES teams,
            FOREIGN KEY (organization_id, member_id) REFERENCES members,
            FOREIGN KEY (organization_id, substitute_id) REFERENCES members
        )
        """,
    "holidays": """
        CREATE TABLE holidays (
            organization_id text NOT NULL,
            facility_id uuid NOT NULL,
            date date NOT NULL,
            name text NOT NULL,
            PRIMARY KEY (organization_id, facility_id, date, name),
            FOREIGN KEY (organization_id, facility_id) REFERENCES facilities
        )
        """,
}
_INDEXES = {
    "rotations_by_name": "rotations (organization_id, left(name_key, 60), id)",
    "rotations_of_team": "rotations USING gin (crews jsonb_path_ops)",
    "shift_changes_by_time": "shift_changes (organization_id, starts_at, id)",
    "shift_changes_of_team": "shift_changes (organization_id, team_id, starts_at)",
    "shift_changes_of_member": "shift_changes (organization_id, member_id, starts_at)",
    "shift_changes_of_substitute": "shift_changes (organization_id, substitute_id, starts_at)",
    "shift_changes_returned": """shift_changes (organization_id, return_starts_at)
        WHERE return_starts_at IS NOT NULL""",
    "shift_changes_imported": "shift_changes (organization_id, team_id, imported_uid) WHERE imported_uid IS NOT NULL",
}


def upgrade() -> None:
    """Create the tables of schedules."""
    for table, statement in _TABLES.items():
        op.execute(statement)
        protect_tenant_table(op, table)
    for name, columns in _INDEXES.items():
        op.execute(f"CREATE INDEX {name} ON {columns}")
