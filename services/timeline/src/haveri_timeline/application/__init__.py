"""Use cases of the timeline service."""
