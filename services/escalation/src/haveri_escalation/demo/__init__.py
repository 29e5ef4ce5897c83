"""What a demo house begins with."""
