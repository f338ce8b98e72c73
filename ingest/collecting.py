"""How often Python looks for objects that only refer to one another."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_SELDOM = 100
"""Times as seldom."""


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Within it they are looked for more seldom.

    Each time takes as long as much is kept: a twentieth of an import, which makes hardly any.
    """
    first, *others = gc.get_threshold()
    gc.set_threshold(first * _SELDOM, *others)
    try:
        yield
    finally:
        gc.set_threshold(first, *others)
