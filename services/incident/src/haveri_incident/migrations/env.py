"""Alembic's entry into the incident schema."""

from haveri_chassis.migrations import run

run(schema="incident")
