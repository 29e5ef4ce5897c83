"""The `haveri` command: run everything here, provision, replay, verify."""
