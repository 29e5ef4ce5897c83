"""Alembic's entry into the gateway's schema."""

from haveri_chassis.migrations import run

run(schema="teams_gateway")
