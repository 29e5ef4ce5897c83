"""A service that exists for the chassis's tests only: it owns a table of each kind."""
