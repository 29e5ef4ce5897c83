"""Incidents: API, pages, export, files."""
