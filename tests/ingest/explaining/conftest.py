"""The pack that is explained here."""

from __future__ import annotations

import pytest

from cypher.pack import Pack
from neurocypher.demo import demo_pack
from tests.cut import cut_pack


@pytest.fixture(scope="session")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    """Fifty neurons of the demo pack, ten of each of its five layers."""
    neurons = [f"stories260K/{layer}/{index}" for layer in range(5) for index in range(10)]
    return cut_pack(demo_pack(), tmp_path_factory.mktemp("fifty") / "pack", neurons)
