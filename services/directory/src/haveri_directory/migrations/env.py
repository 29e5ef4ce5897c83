"""Alembic's entry into the directory schema."""

from haveri_chassis.migrations import run

run(schema="directory")
