"""The timeline's rules: what an event becomes, and how entries are chained."""
