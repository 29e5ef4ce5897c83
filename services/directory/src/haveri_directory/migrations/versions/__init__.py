"""The directory schema's versions."""
