"""From the bus to the use cases."""
