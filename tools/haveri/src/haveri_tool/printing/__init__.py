"""Tables and reports of the `haveri` commands."""
