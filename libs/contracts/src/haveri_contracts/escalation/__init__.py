"""What travels to and from the escalation service."""
