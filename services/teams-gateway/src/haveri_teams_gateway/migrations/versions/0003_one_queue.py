"""What is left to do, in one table; what was under way goes on in it.

Revision ID: 0003
"""

from __future__ import annotations

from alembic import op

from haveri_chassis.migrations import protect_lookup_table

revision = "0003"
down_revision = "0002"

JOBS = """
CREATE TABLE jobs (
    organization_id text NOT NULL,
    kind text NOT NULL,
    id uuid NOT NULL,
    position bigint GENERATED ALWAYS AS IDENTITY,
    lane text,
    owner bigint,
    due_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    token bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (organization_id, kind, id)
)
"""
_INTO = "INSERT INTO jobs (organization_id, kind, id, lane, owner, due_at, attempts)"
# A press waits for nobody; what follows keeps nobody waiting.
ACTIVITIES = f"""
{_INTO}
SELECT organization_id, 'activity', id,
    CASE WHEN state = 'pending' AND body ->> 'type' <> 'invoke' THEN conversation END, owner, due_at, attempts
FROM activities WHERE state <> 'done' ORDER BY position
"""
CHATS = f"""
{_INTO}
SELECT organization_id, 'chat', incident_id, NULL, owner, due_at, attempts FROM workflows
WHERE due_at IS NOT NULL ORDER BY due_at
"""
CALLS = f"""
{_INTO}
SELECT DISTINCT c.organization_id, 'call', c.call_id, NULL, t.owner, coalesce(t.due_at, now()), coalesce(t.attempts, 0)
FROM calls c LEFT JOIN tellings t USING (organization_id, incident_id)
WHERE c.outcome = '' OR (c.outcome = 'delivered' AND c.shows < c.to_show)
"""
NOTICES = f"""
{_INTO}
SELECT DISTINCT n.organization_id, 'notices', n.incident_id, NULL, t.owner, coalesce(t.due_at, now()),
    coalesce(t.attempts, 0)
FROM notices n LEFT JOIN tellings t USING (organization_id, incident_id) WHERE NOT n.told
"""
FILES = f"""
{_INTO}
SELECT organization_id, 'file', id, NULL, owner, due_at, attempts FROM files WHERE state = 'pending' ORDER BY due_at
"""
READ = ("activities", "workflows", "tellings", "calls", "notices", "files")


def upgrade() -> None:
    """Move what is left to do into one table."""
    op.execute(JOBS)
    # Rows of every organisation are read once, by the owner of the tables.
    for table in READ:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    for statement in (ACTIVITIES, CHATS, CALLS, NOTICES, FILES, "DELETE FROM workflows WHERE refused = '{}'"):
        op.execute(statement)
    for table in READ:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute("CREATE INDEX jobs_due ON jobs (due_at)")
    op.execute("CREATE INDEX jobs_in_lane ON jobs (organization_id, kind, lane, position) WHERE lane IS NOT NULL")
    op.execute("DROP TABLE tellings")
    op.execute("DROP INDEX activities_pending")
    op.execute("ALTER TABLE activities DROP owner, DROP due_at, DROP attempts, DROP traceparent")
    op.execute("ALTER TABLE files DROP owner, DROP due_at, DROP attempts")
    op.execute("ALTER TABLE workflows RENAME TO refusals")
    op.execute("ALTER TABLE refusals DROP owner, DROP due_at, DROP attempts")
    # Found across organisations: whose job is due. Changed by their own only. The others need not be found any more.
    protect_lookup_table(op, "jobs")
    for table in ("files", "refusals"):
        op.execute(f"DROP POLICY read_across_organizations ON {table}")
