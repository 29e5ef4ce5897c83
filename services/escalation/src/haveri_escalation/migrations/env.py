"""Alembic's entry into the escalation schema."""

from haveri_chassis.migrations import run

run(schema="escalation")
