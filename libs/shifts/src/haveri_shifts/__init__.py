"""Who works when: rotations, changes and holidays as pure calculation."""
