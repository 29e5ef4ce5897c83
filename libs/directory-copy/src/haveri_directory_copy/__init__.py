"""A copy of each organisation's directory, for every service that needs people and machines."""
