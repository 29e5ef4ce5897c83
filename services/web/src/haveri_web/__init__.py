"""Haveri's public REST API, sign-in, API tokens and pages."""
