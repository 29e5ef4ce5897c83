"""Commands to their owners and queries, for a caller; the copy of the directory."""
