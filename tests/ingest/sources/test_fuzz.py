"""Files of the formats, damaged at random: each ends in a clear error or in a right import."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.errors import IngestError
from tests.ingest.sources.importing import imported, reported, written
from tests.ingest.sources.test_n2g import FOLDER
from tests.ingest.sources.test_neuroscope import PAGE, TEXTS, page
from tests.ingest.sources.test_openai import FILES

SOURCES: dict[str, dict[str, Any]] = {
    "openai": {name: content for name, content in FILES.items() if not name.endswith(".md")},
    "n2g": FOLDER,
    "neuroscope": {PAGE: page(TEXTS)},
}
VALUES: list[Any] = [
    None, True, -1, 2**63, 10**400, 1.5, "", "x", "\x00", "1_2", [], [[]], {}, [None], [["a"]],
    "￿" * 3, [1e308] * 3,
]  # fmt: skip
VERBATIM = ["NaN", "-Infinity", '"\\ud800"', "[" * 3000, "1e999", "-"]


def text_of(content: Any) -> str:
    return content if isinstance(content, str) else json.dumps(content)


@st.composite
def damaged(draw: st.DrawFn, files: dict[str, Any]) -> dict[str, Any]:
    """The files, one of them cut, overwritten, retyped or encoded otherwise."""
    name = draw(st.sampled_from(sorted(files)))
    content = files[name]
    raw = text_of(content).encode()
    place = draw(st.integers(0, len(raw)))
    how = draw(st.sampled_from(("cut", "bytes", "twice", "utf-16", "retype", "verbatim", "none")))
    if how == "retype" and not isinstance(content, str):
        raw = json.dumps(retyped(draw, content)).encode()
    elif how == "verbatim" and not isinstance(content, str):
        text = json.dumps(retyped(draw, content, "@here"))
        raw = text.replace('"@here"', draw(st.sampled_from(VERBATIM))).encode()
    elif how == "cut":
        raw = raw[:place]
    elif how == "bytes":
        raw = raw[:place] + draw(st.binary(max_size=8)) + raw[place + 4 :]
    elif how == "twice":
        raw *= 2
    elif how == "utf-16":
        raw = raw.decode().encode("utf-16")
    return {**files, name: raw}


def retyped(draw: st.DrawFn, value: Any, instead: Any = ...) -> Any:
    """The value with one part of it replaced."""
    if isinstance(value, dict) and value and draw(st.integers(0, 4)):
        key = draw(st.sampled_from(sorted(value)))
        return {**value, key: retyped(draw, value[key], instead)}
    if isinstance(value, list) and value and draw(st.integers(0, 4)):
        at = draw(st.integers(0, len(value) - 1))
        return [*value[:at], retyped(draw, value[at], instead), *value[at + 1 :]]
    return draw(st.sampled_from(VALUES)) if instead is ... else instead


@pytest.mark.parametrize("format_", sorted(SOURCES))
@settings(
    deadline=None,
    max_examples=6,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_damage_is_an_error_that_names_its_place_or_does_no_harm(
    tmp_path: Path, format_: str, data: st.DataObject
) -> None:
    root = tmp_path / "root"
    shutil.rmtree(root, ignore_errors=True)
    folder = written(root / "in", data.draw(damaged(SOURCES[format_])))
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    try:
        imported(format_, folder, root / "pack", model="tiny")
    except IngestError as error:
        assert len(str(error)) > 20  # noqa: PT017  what is tested is that nothing else is raised
        assert not (root / "pack").exists()
        report = reported(format_, folder, root / "pack", model="tiny", skip_bad=True, restart=True)
        assert report.bad
    assert {path for path in root.iterdir() if path.name != "pack.work"} == {
        folder,
        root / "pack",
    }
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
