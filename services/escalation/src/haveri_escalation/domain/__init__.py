"""The rules of escalation: pure functions over frozen values, with nothing but the standard library and plain types."""
