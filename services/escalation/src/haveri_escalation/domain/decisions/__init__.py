"""Inputs decided into events: pure functions over a `Case`, one module for each kind of input."""
