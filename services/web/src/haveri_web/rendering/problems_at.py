"""What is wrong with a form, at the fields that it is about."""

from __future__ import annotations

from dataclasses import dataclass, field

from haveri_contracts.outcomes import Problem
from haveri_contracts.plain import Refusal
from haveri_web.domain.refusals import InvalidRequest
from haveri_web.http.problems import problem_of, status_of
from haveri_web.texts import CATALOGUE, Translate


@dataclass(frozen=True, slots=True)
class ProblemsAt:
    """A refusal of a form. Without one, every place is fine."""

    title: str = ""
    detail: str = ""
    status: int = 200
    fields: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, refusal: Refusal, t: Translate) -> ProblemsAt:
        """What a refusal says, and where."""
        problem: Problem = problem_of(refusal)
        status = status_of(problem.type, problem.errors)
        fields = {str(it.get("field") or ""): _said(str(it.get("problem", "")), t) for it in problem.errors}
        if isinstance(refusal, InvalidRequest):
            return cls(t("form.check"), "", status, fields)
        return cls(problem.title, problem.detail, status, fields)

    def at(self, place: str) -> str:
        """What is wrong at a field or within it."""
        return "; ".join(said for name, said in self.fields.items() if name == place or name.startswith(f"{place}."))

    def exactly(self, place: str) -> str:
        """What is wrong with a field as a whole."""
        return self.fields.get(place, "")


NOTHING_WRONG = ProblemsAt()


def _said(problem: str, t: Translate) -> str:
    return t(problem) if problem in CATALOGUE else problem
