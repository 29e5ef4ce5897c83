"""Facilities, areas, assets, teams and members."""
