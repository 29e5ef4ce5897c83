"""Escalations that run, and the answers to their calls."""
