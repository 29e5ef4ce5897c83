"""The incident's rules: pure functions over frozen values, with nothing but the standard library and plain types."""
