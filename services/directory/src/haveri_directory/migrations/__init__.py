"""The directory's Alembic history."""
