"""Haveri's own properties in iCalendar documents, by which it knows again what it exported."""

PRODUCT = "-//Haveri//Shifts//EN"

MEMBER = "X-HAVERI-MEMBER"
"""Whose shift an event is: the member's id, which tells nobody else anything."""
