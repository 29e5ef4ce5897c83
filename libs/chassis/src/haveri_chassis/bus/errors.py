"""What can go wrong between services, by name."""

from __future__ import annotations

from haveri_contracts.outcomes import Problem
from haveri_contracts.plain import Refusal


class BusUnavailable(Exception):
    """The bus could not take the message: nothing was promised, the same id may be sent again."""


class OwnerUnavailable(Exception):
    """The service that owns the answer did not answer: it is away, or too slow."""


class QueryRefused(Refusal):
    """The owner refused the query; carries the owner's problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem
        self.type = problem.type
        self.title = problem.title
        self.errors = problem.errors


class NotRecorded(RuntimeError):
    """A command's handler returned without having recorded the outcome in its transaction: a fault of the service."""
