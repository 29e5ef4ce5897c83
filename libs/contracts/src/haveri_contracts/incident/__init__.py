"""The incident service's contract: commands it takes, events it publishes, queries it answers."""
