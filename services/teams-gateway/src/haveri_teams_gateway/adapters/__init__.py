"""Everything that does I/O or speaks a foreign format."""
