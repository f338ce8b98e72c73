"""What makes Ladybug answer small statements sooner."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from cypher.graph import Value

_SEEK = re.compile(r"UNWIND \$ids\b|MATCH \(\w*:\w+ \{id: \$\w+\}")
_LEADS_BACK = re.compile(r"\bMATCH \(\w+\)<-\[:\w+\]-\(\w+:Neuron\)")
_LIMIT = re.compile(r"\bLIMIT \$(\w+)")


def with_limit(text: str, parameters: Mapping[str, Value]) -> tuple[str, Mapping[str, Value]]:
    """The statement with its limit as a number: Ladybug 0.22 plans anew for each that is a
    parameter, which takes a millisecond.
    """
    found = _LIMIT.search(text)
    if found is None:
        return text, parameters
    limit = parameters.get(found[1])
    if type(limit) is not int or limit < 0 or len(re.findall(rf"\${found[1]}\b", text)) > 1:
        return text, parameters
    others = {name: value for name, value in parameters.items() if name != found[1]}
    return f"{text[: found.start()]}LIMIT {limit}{text[found.end() :]}", others


@lru_cache(maxsize=1024)
def seeks(text: str) -> bool:
    """Whether a statement begins at nodes that it names by id, and ends near them.

    Such a one reads little, and half of its time would go to the threads that share it. One that
    leads from what it found on to all neurons there reads much.
    """
    return _SEEK.match(text.lstrip()) is not None and _LEADS_BACK.search(text) is None
