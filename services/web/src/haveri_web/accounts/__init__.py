"""Signing in, oneself, API tokens."""
