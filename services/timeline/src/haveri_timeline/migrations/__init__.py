"""The timeline schema's history."""
