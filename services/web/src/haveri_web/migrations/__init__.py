"""The history of the schema `web`."""
