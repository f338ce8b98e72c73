"""`python -m graphapi.sdl`: print the schema. `schema.graphql` is what it printed."""

from __future__ import annotations

from graphapi.schema import make_schema
from graphapi.settings import Settings


def sdl() -> str:
    """The schema in GraphQL's own language."""
    return make_schema(Settings()).as_str() + "\n"


if __name__ == "__main__":
    print(sdl(), end="")
