"""What goes wrong with a server that we start ourselves, said in one sentence."""

from __future__ import annotations


class EmbeddedServerError(RuntimeError):
    """A server could not be prepared, started or stopped; the message says which and what to do."""
