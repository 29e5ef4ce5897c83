"""Haveri's event-sourced incident: commands in, events out, current state."""
