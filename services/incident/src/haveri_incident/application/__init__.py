"""The commands of the incident service, and the ports they need."""
