"""The organisation's settings, and a member's own."""
