"""Shifts as iCalendar (RFC 5545): out to calendar programs, and in from them."""
