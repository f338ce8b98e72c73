"""The packaged pack, the graph that is made of it, and what to ask it first."""

from __future__ import annotations

from pathlib import Path

import platformdirs

from cypher.pack import Pack, open_pack
from cypher.url import GraphUrl, parse_graph_url

EXAMPLES = (
    (
        "Which neurons fire on the word play?",
        '{ word(text: "play") { neurons(first: 20) { edges { activation node { id explanations { text score } } } } } }',
    ),
    (
        "Which neurons of other layers are like this one?",
        '{ neuron(id: "stories260K/3/17") { similar(first: 10, layers: OTHER) { edges { similarity sharedTokens node { id } } } } }',
    ),
    (
        "What does the token graph of one of them say, and how well does it predict?",
        '{ neuron(id: "stories260K/3/17") { tokenGraphs { f1 bigramBaselineF1 dot } } }',
    ),
)
"""What is asked, and how, in GraphQL."""


def demo_pack() -> Pack:
    """The pack of stories260K that comes with the package."""
    return open_pack(Path(__file__).parent / "pack")


def demo_graph() -> GraphUrl:
    """The embedded graph in the user's cache folder; another pack has another graph."""
    folder = platformdirs.user_cache_path("neurocypher")
    return parse_graph_url(f"ladybug://{folder / f'demo-{demo_pack().digest[:12]}.lbug'}")
