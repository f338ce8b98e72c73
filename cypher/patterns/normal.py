"""Trees brought into a form in which an entry into the graph is easy to see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cypher.patterns.conditions import AllOf, AnyOf, Condition, LinkedTo, Not
from cypher.patterns.values import TokenSet


def conjuncts(condition: Condition) -> tuple[Condition, ...]:
    """Conditions, none of them an AllOf, all of which are met if and only if `condition` is."""
    return tuple(dict.fromkeys(_conjuncts(condition)))


def _conjuncts(condition: Condition) -> Iterator[Condition]:
    match condition:
        case AllOf(parts):
            for part in parts:
                yield from _conjuncts(part)
        case AnyOf(parts):
            joined = _joined(parts)
            yield from _conjuncts(joined[0]) if len(joined) == 1 else [AnyOf(joined)]
        case Not(Not(part)):
            yield from _conjuncts(part)
        case Not(AnyOf(parts)):
            for part in parts:
                yield from _conjuncts(Not(part))
        case _:
            yield condition


def _joined(parts: Iterable[Condition]) -> tuple[Condition, ...]:
    """The parts of an AnyOf, those that ask the same of different tokens made one."""
    found: dict[object, Condition] = {}
    for part in _disjuncts(parts):
        if not isinstance(part, LinkedTo) or part.tokens is None:
            found[part] = part
            continue
        alike = (part.link, part.tokens.words, part.within)
        before = found.get(alike)
        texts = part.tokens.texts
        if isinstance(before, LinkedTo) and before.tokens is not None:
            texts = tuple(dict.fromkeys((*before.tokens.texts, *texts)))
        found[alike] = LinkedTo(part.link, TokenSet(texts, part.tokens.words), part.within)
    return tuple(found.values())


def _disjuncts(parts: Iterable[Condition]) -> Iterator[Condition]:
    for part in parts:
        match part:
            case AnyOf(inner):
                yield from _disjuncts(inner)
            case AllOf((only,)):
                yield from _disjuncts((only,))
            case _:
                yield part
