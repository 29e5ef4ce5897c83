"""The escalation service's I/O: stores, projections, and its copy of the directory."""
