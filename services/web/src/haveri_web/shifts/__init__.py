"""Who works when: the calendar, changes, rotations, holidays."""
