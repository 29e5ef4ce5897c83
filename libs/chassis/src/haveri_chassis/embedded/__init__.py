"""PostgreSQL, NATS and an S3 server out of PyPI wheels, for one machine and for tests."""
