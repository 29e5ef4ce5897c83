"""The tenant's mailboxes: SMTP in, one mail a recipient kept."""
