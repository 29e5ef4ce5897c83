"""The web's use cases, one file each, and the ports they need."""
