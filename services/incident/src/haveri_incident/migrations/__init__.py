"""The incident schema's history."""
