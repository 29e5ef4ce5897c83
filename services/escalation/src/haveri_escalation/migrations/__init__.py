"""The escalation schema's history."""
