"""Haveri's plants, people, teams, shifts and chat identities."""
