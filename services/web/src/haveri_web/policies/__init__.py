"""Escalation policies, quiet hours, maintenance windows, simulation."""
