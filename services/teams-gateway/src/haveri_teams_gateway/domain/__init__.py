"""What the gateway knows of Teams, without any I/O."""
