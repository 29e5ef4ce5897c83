"""The timeline service's contract."""
