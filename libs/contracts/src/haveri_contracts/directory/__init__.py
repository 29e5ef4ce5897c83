"""The directory service's contract: plants, people, teams, shifts and chat identities."""
