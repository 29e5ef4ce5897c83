"""What every chat gateway publishes; the owner of these events is "chat", whatever the platform."""
