"""The timeline service's I/O."""
