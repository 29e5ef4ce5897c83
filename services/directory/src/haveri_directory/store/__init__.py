"""The tables and what is done to them in one transaction: beneath the use cases, not behind ports."""
