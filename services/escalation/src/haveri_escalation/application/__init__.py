"""Use cases of the escalation service, one file each, and the ports they need."""
