"""The packaged pack, and the graph that is made of it."""

from __future__ import annotations

from pathlib import Path

import platformdirs

from cypher.pack import Pack, open_pack
from cypher.url import GraphUrl, parse_graph_url


def demo_pack() -> Pack:
    """The pack of stories260K that comes with the package."""
    return open_pack(Path(__file__).parent / "pack")


def demo_graph() -> GraphUrl:
    """The embedded graph in the user's cache folder; another pack has another graph."""
    folder = platformdirs.user_cache_path("neurocypher")
    return parse_graph_url(f"ladybug://{folder / f'demo-{demo_pack().digest[:12]}.lbug'}")
