"""The graph: its model, packs of it on disk, the engines that hold it, and statements that read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cypher.client import connect

__all__ = ["connect"]


def __getattr__(name: str) -> object:
    """`connect`, imported when it is asked for: most modules of this package need none of it."""
    if name == "connect":
        from cypher.client import connect  # noqa: PLC0415  see above

        return connect
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
