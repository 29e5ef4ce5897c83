"""Alembic's entrance."""

from haveri_chassis.migrations import run

run(schema="sample")
