"""The tables that every service has for the chassis: outbox, event log, inbox, command outcomes, timers."""

from __future__ import annotations

from haveri_chassis.migrations.operations import Operations
from haveri_chassis.migrations.tables import make_append_only, protect_infrastructure_table

# Rows of these two live for milliseconds to days, so vacuum goes by a count rather than by a share of the table.
_CHURNING = "WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000)"

_OUTBOX = f"""
CREATE TABLE outbox (
    organization_id text NOT NULL,
    id uuid NOT NULL,
    position bigint GENERATED ALWAYS AS IDENTITY,
    key text NOT NULL,
    subject text NOT NULL,
    body bytea NOT NULL,
    headers jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, id)
) {_CHURNING}
"""
_EVENT_LOG = """
CREATE TABLE event_log (
    organization_id text NOT NULL,
    position bigint GENERATED ALWAYS AS IDENTITY,
    id uuid NOT NULL,
    subject text NOT NULL,
    body bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, position)
)
"""
_INBOX = """
CREATE TABLE inbox (
    organization_id text NOT NULL,
    consumer text NOT NULL,
    message_id uuid NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, consumer, message_id)
)
"""
_COMMAND_OUTCOMES = """
CREATE TABLE command_outcomes (
    organization_id text NOT NULL,
    command_id uuid NOT NULL,
    outcome jsonb NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, command_id)
)
"""
_DUE_TIMERS = f"""
CREATE TABLE due_timers (
    organization_id text NOT NULL,
    key text NOT NULL,
    generation bigint GENERATED ALWAYS AS IDENTITY,
    due_at timestamptz NOT NULL,
    message_id uuid NOT NULL,
    message_key text NOT NULL,
    subject text NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (organization_id, key)
) {_CHURNING}
"""


def create_infrastructure(op: Operations) -> None:
    """Create the chassis's tables in the service's schema, with policies, grants and triggers. Belongs into 0001."""
    for statement in (_OUTBOX, _EVENT_LOG, _INBOX, _COMMAND_OUTCOMES, _DUE_TIMERS):
        op.execute(statement)
    op.execute("CREATE INDEX outbox_position ON outbox (position)")
    op.execute("CREATE INDEX due_timers_due_at ON due_timers (due_at)")
    protect_infrastructure_table(op, "outbox", "SELECT, INSERT, DELETE")
    protect_infrastructure_table(op, "inbox", "SELECT, INSERT")
    protect_infrastructure_table(op, "due_timers", "SELECT, INSERT, UPDATE, DELETE")
    for table in ("event_log", "command_outcomes"):
        protect_infrastructure_table(op, table, "SELECT, INSERT")
        make_append_only(op, table)
