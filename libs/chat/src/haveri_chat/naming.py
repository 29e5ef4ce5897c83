"""Finding people, machines and places by what somebody typed, and what may have been meant when nothing fits."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Generic, Protocol, TypeVar

from haveri_chat.plant import Plant
from haveri_chat.requests import Person
from haveri_contracts.directory.models import Member

_SHORTEST_TELLING = 3
_SHOWN_NEAR = 5


class Named(Protocol):
    """Anything of the directory that has a name."""

    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=Named)


@dataclass(frozen=True)
class Match(Generic[T]):
    """What was found: exactly one `item`, or None and the names that are `near`."""

    item: T | None = None
    near: tuple[str, ...] = ()


def folded(text: str) -> str:
    """The words without case, accents and punctuation: `Täyttökone-2` and `tayttokone 2` are the same."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(char))
    return " ".join(re.findall(r"\w+", plain))


def find_named(typed: str, items: Iterable[T], prefer: Callable[[T], bool] = lambda _: True) -> Match[T]:
    """The one item of this name, or the one whose name has every word typed (as a beginning).

    Where several fit, those that `prefer` likes win; still several, or none: nothing is guessed.
    """
    words = folded(typed)
    pool = list(items)
    if not words:
        return Match()
    exact = [item for item in pool if folded(item.name) == words]
    fitting = exact or [item for item in pool if _begins(words, folded(item.name))]
    preferred = [item for item in fitting if prefer(item)] or fitting
    if len(preferred) == 1:
        return Match(preferred[0])
    if fitting:
        return Match(near=tuple(dict.fromkeys(item.name for item in fitting))[:_SHOWN_NEAR])
    return Match(near=_near(words, pool))


def _begins(words: str, name: str) -> bool:
    parts = name.split()
    telling = any(len(word) >= _SHORTEST_TELLING for word in words.split())
    return telling and all(any(part.startswith(word) for part in parts) for word in words.split())


def _near(words: str, pool: Sequence[T]) -> tuple[str, ...]:
    by_fold = {folded(item.name): item.name for item in pool}
    by_part = {part: name for name in by_fold for part in name.split() if len(part) >= _SHORTEST_TELLING}
    close = get_close_matches(words, by_fold, n=_SHOWN_NEAR, cutoff=0.6)
    parts = get_close_matches(words, by_part, n=_SHOWN_NEAR, cutoff=0.75)
    return tuple(dict.fromkeys(by_fold[name] for name in [*close, *(by_part[part] for part in parts)]))[:_SHOWN_NEAR]


def named_in(title: str, items: Iterable[T]) -> list[T]:
    """The items whose whole name stands in a title; `Filler 12` does not hold `Filler 1`."""
    words = f" {folded(title)} "
    found = [item for item in items if _stands_in(folded(item.name), words)]
    names = {folded(item.name) for item in found}
    return [item for item in found if not any(_inside(folded(item.name), other, words) for other in names)]


def _stands_in(name: str, words: str) -> bool:
    return len(name) >= _SHORTEST_TELLING and f" {name} " in words


def _inside(name: str, other: str, words: str) -> bool:
    """True when the name stands there only as a part of a longer one."""
    return name != other and f" {name} " in f" {other} " and f" {name} " not in words.replace(f" {other} ", "  ")


def find_member(person: Person, plant: Plant) -> Match[Member]:
    """The member who was mentioned or typed; near names when it is not clear who."""
    if person.user_id is not None:
        known = plant.member_of_user.get(person.user_id)
        return Match(known) if known is not None else Match()
    return find_named(person.name, plant.members.values())
