"""Alembic's entry into the timeline schema."""

from haveri_chassis.migrations import run

run(schema="timeline")
