"""Where Alembic enters."""

from haveri_chassis.migrations import run

run(schema="web")
