"""What travels between Haveri's services: envelope, messages, subjects, streams."""
