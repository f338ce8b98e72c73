"""What the environment says. The only module of the command line that reads it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

GRAPH = "NEUROCYPHER_GRAPH"
USER = "NEUROCYPHER_USER"
PASSWORD = "NEUROCYPHER_PASSWORD"  # noqa: S105  the variable's name


@dataclass(frozen=True, slots=True)
class Settings:
    """Defaults for `--graph` and for a server's credentials."""

    graph: str | None
    """URL of the default graph."""
    user: str | None
    password: str | None = field(repr=False)


def settings() -> Settings:
    """The settings as they are now; an empty variable counts as none."""
    return Settings(
        os.environ.get(GRAPH) or None,
        os.environ.get(USER) or None,
        os.environ.get(PASSWORD) or None,
    )
