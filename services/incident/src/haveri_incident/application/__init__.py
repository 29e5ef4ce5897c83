"""Use cases of the incident service, one file each, and the ports they need."""
