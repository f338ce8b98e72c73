"""Why a Ladybug file cannot be used, and what to do."""

from __future__ import annotations

from pathlib import Path

from cypher.errors import GraphBusyError, GraphError, GraphUnavailableError
from cypher.url import GraphUrl

_LOCKED = "Could not set lock"


def missing(url: GraphUrl) -> GraphUnavailableError:
    """Nothing is there."""
    return GraphUnavailableError(
        f"no graph at {url}: the file does not exist. "
        f"Make it with `neurocypher load PACK --graph {url}`."
    )


def foreign(url: GraphUrl) -> GraphUnavailableError:
    """What is there was not made by us."""
    return GraphUnavailableError(
        f"{url} is a Ladybug file without a graph of ours. "
        f"Make one with `neurocypher load PACK --graph {url}`."
    )


def unavailable(path: Path, error: RuntimeError) -> GraphError:
    """What is there cannot be opened, for the reason that the engine gives."""
    message = str(error).partition("\n")[0].rstrip(" .:!")
    if _LOCKED in message:
        return GraphBusyError(
            f"the graph at {path} is being written by another process ({message}). "
            f"Wait until that has ended, or stop it."
        )
    return GraphUnavailableError(
        f"the graph at {path} cannot be opened: {message}. Is it a Ladybug file, in a "
        f"folder that can be written?"
    )
