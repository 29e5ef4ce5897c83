"""The incident service's I/O: event store, projection, reads, and its copy of the directory."""
