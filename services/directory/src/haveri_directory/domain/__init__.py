"""What the directory holds to be true, in plain Python."""
