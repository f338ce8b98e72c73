"""How a command fails: one line that says what, where and what to do, and exit status 1."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from cypher.errors import CypherError
from graphapi.errors import ApiError
from ingest.errors import IngestError


@contextmanager
def expected_errors() -> Iterator[None]:
    """Turn the errors that the packages raise on purpose into a message and exit status 1."""
    try:
        yield
    except (CypherError, IngestError, ApiError) as error:
        print(f"neurocypher: {error}", file=sys.stderr)
        sys.exit(1)
    except OSError as error:  # a full disk, a folder that may not be written: it says so itself
        print(f"neurocypher: {error}", file=sys.stderr)
        sys.exit(1)


def ignore_half_made_objects() -> None:
    """From now on, as the process ends, say nothing of a `__del__` that misses what was never set.

    Ctrl-C may come while an object is made; a session of Neo4j's driver then fails as it is removed.
    """
    shown = sys.unraisablehook

    def hook(failed: sys.UnraisableHookArgs) -> None:
        is_removed = getattr(failed.object, "__name__", None) == "__del__"
        if not (is_removed and isinstance(failed.exc_value, AttributeError)):
            shown(failed)

    sys.unraisablehook = hook
