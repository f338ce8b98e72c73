"""A graph of several sources about one model gives each of them back, and nothing of the others."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from ingest.errors import ExportError
from tests.ingest.exports.comparing import exported, loaded, tables
from tests.ingest.exports.test_n2g import ALL
from tests.ingest.exports.test_openai import MORE
from tests.ingest.sources.importing import imported, written


def test_each_source_comes_back_alone(ladybug_graph: str, tmp_path: Path) -> None:
    sources: dict[str, Mapping[str, object]] = {"openai": MORE, "n2g": ALL}
    packs = {
        name: imported(name, written(tmp_path / f"in-{name}", files), tmp_path / name, model="m")
        for name, files in sources.items()
    }
    for pack in packs.values():
        loaded(pack, ladybug_graph)
    for name, pack in packs.items():
        out = exported(name, ladybug_graph, tmp_path / f"out-{name}")
        again = imported(name, out, tmp_path / f"again-{name}", model="m")
        assert tables(again) == tables(pack)


def test_a_name_that_leads_elsewhere_is_refused(ladybug_graph: str, tmp_path: Path) -> None:
    pack = imported("n2g", written(tmp_path / "in", ALL), tmp_path / "pack", model="..")
    loaded(pack, ladybug_graph)
    before = sorted(tmp_path.rglob("*"))
    for format_ in ("n2g", "neuronpedia"):
        with pytest.raises(ExportError, match=r"the name '\.\.', which cannot be that of a file"):
            exported(format_, ladybug_graph, tmp_path / "deep" / "out", source="n2g")
    (tmp_path / "deep").rmdir()
    assert sorted(tmp_path.rglob("*")) == before
