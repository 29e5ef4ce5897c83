"""The web's own tables, its password hasher and everything else that does I/O."""
