"""The doors that exist for tests: drive people, inject faults, look at everything."""
