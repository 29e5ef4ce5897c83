"""The pytest plugin of the chassis; pytest loads it in every run, so it imports nothing heavy by itself."""

from __future__ import annotations
