"""Files of the formats, damaged at random: each ends in a clear error or in a right import."""

from __future__ import annotations

import gzip
import json
import random
import re
import shutil
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.errors import SourceError
from tests.ingest.sources.importing import imported, reported, written
from tests.ingest.sources.kinds import KINDS, Lines, as_file
from tests.ingest.sources.test_archives import as_tar, as_zip, contents

EXAMPLES = 5
"""Of damage to each kind of file, each time the tests run."""
VALUES: list[Any] = [
    None, True, -1, 0, 2**63, 10**25, 10**400, 1.5, 1e300, "", "x", "\x00", "1_2", "../../etc", [], [[]],
    {}, {"a": {}}, [None], ["a"], [1], "￿" * 3, [1e308] * 3,
]  # fmt: skip
"""What may stand where something else should."""
DEEP = [part * n + "1" + end * n for part, end in (("[", "]"), ('{"a":', "}")) for n in (300, 1500)]
VERBATIM = [
    "NaN",
    "-Infinity",
    '"\\ud800"',
    "[" * 3000,
    "1e999",
    "-",
    "",
    "-0",
    '{"a":1,"a":2}',
    *DEEP,
]
"""The same, as it is not usually written."""
NUMBERS = ["9" * 30, "9" * 400, "9" * 5000, "1e999", "-1", "-0", "0x1", "1_0", "٣", "1.5", ""]
"""What may stand where digits do, in a file of any kind."""
HERE = "@here"
CHANGES = ("retype", "remove", "repeat", "shuffle", "verbatim")
DAMAGES = (
    "cut",
    "bytes",
    "twice",
    "latin-1",
    "utf-16",
    "utf-32",
    "bom",
    "deep",
    "number",
    "packed",
    "none",
)


def place(draw: st.DrawFn, value: Any) -> tuple[Any, Any]:
    """Something that stands within a JSON value: what it stands in, and where.

    What stands at the top is chosen as often as what there is much more of.
    """
    holder = value
    while True:
        keys = list(holder) if isinstance(holder, dict) else range(len(holder))
        key = keys[draw(st.integers(0, len(keys) - 1))]
        inner = holder[key]
        if not (isinstance(inner, (dict, list)) and inner and draw(st.integers(0, 3))):
            return holder, key
        holder = inner


def changed(draw: st.DrawFn, content: Any, how: str) -> Any:
    """The content with one place of it retyped, removed, repeated or put elsewhere."""
    value: Any = deepcopy(content.values if isinstance(content, Lines) else content)
    if not (isinstance(value, (dict, list)) and value):
        return content
    holder, key = place(draw, value)
    if how == "retype":
        holder[key] = draw(st.sampled_from(VALUES))
    elif how == "verbatim":
        holder[key] = HERE
    elif how == "remove":
        del holder[key]
    elif isinstance(holder, list):
        again = [*holder[: key + 1], *holder[key:]]
        holder[:] = again if how == "repeat" else draw(st.permutations(holder))
    return Lines(list(value)) if isinstance(content, Lines) else value


@st.composite
def damaged(draw: st.DrawFn, name: str, content: Any) -> bytes:
    """A file that was cut, overwritten, packed or encoded otherwise, or has something else in it."""
    how = draw(st.sampled_from((*CHANGES, *DAMAGES)))
    plain = changed(draw, content, how) if how in CHANGES else content
    raw = as_file(name.removesuffix(".gz"), plain)
    raw = raw.replace(f'"{HERE}"'.encode(), draw(st.sampled_from(VERBATIM)).encode())
    at = draw(st.integers(0, len(raw)))
    found = {
        "cut": raw[:at],
        "bytes": raw[:at] + draw(st.binary(max_size=8)) + raw[at + 4 :],
        "twice": raw * 2,
        "latin-1": raw[:at] + "é".encode("latin-1") + raw[at:],
        "utf-16": raw.decode("latin-1").encode("utf-16"),
        "utf-32": raw.decode("latin-1").encode("utf-32"),
        "number": raw[:at]
        + re.sub(rb"\d+", draw(st.sampled_from(NUMBERS)).encode(), raw[at:], count=1),
        "bom": b"\xef\xbb\xbf" + raw,
        "deep": raw[:at] + b"[" * 100_000 + raw[at:],
    }.get(how, raw)
    if not name.endswith(".gz"):
        return found
    packed = gzip.compress(found, mtime=0)
    return packed[: draw(st.integers(0, len(packed)))] if how == "packed" else packed


_SETTINGS = settings(
    deadline=None,
    max_examples=EXAMPLES,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def _snapshot(root: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", KINDS)
@_SETTINGS
@given(data=st.data())
def test_damage_is_an_error_that_names_its_place_or_does_no_harm(
    tmp_path: Path, name: str, data: st.DataObject
) -> None:
    kind, root = KINDS[name], tmp_path / "root"
    shutil.rmtree(root, ignore_errors=True)
    bad = data.draw(damaged(kind.name, kind.content()))
    folder = written(root / "in", {**kind.files(), kind.name: bad})
    before = _snapshot(folder)
    try:
        imported(kind.format, folder, root / "pack", model="gpt2-small")
    except SourceError as error:
        message = str(error)
        assert not (root / "pack").exists()
        if not kind.is_heading and "say nothing" not in message:
            assert kind.name.rsplit("/", 1)[-1] in message or "gpt2-small" in message
            report = reported(kind.format, folder, root / "pack", model="gpt2-small", skip_bad=True,
                              restart=True)  # fmt: skip
            assert report.bad
    assert {path for path in root.iterdir() if path.name != "pack.work"} <= {folder, root / "pack"}
    assert _snapshot(folder) == before


NO_FIELDS = {
    "Neuroscope's page", "N2G's graph by Python", "N2G's graph by Rust", "N2G's graph, numbered",
    "delphi's explanation", "delphi's latents",
}  # fmt: skip
"""Kinds of files that are no JSON, or a text alone."""


@pytest.mark.parametrize("name", sorted(KINDS.keys() - NO_FIELDS))
def test_the_order_of_fields_says_nothing_and_the_last_of_a_name_counts(
    tmp_path: Path, name: str
) -> None:
    kind = KINDS[name]
    plain = kind.content()
    values = plain.values if isinstance(plain, Lines) else [plain]
    turned, twice = ("\n".join(map(how, values)) for how in (_turned, _twice))
    found = [
        contents(imported(kind.format, written(tmp_path / f"in{n}", {**kind.files(), **other}),
                          tmp_path / f"pack{n}", model="gpt2-small"))
        for n, other in enumerate(
            ({}, *({kind.name: as_file(kind.name, text)} for text in (turned, twice)))
        )
    ]  # fmt: skip
    for rows in found:
        for row in rows.get("Circuit", []):  # which keeps what it does not know as it is
            row["details"] = json.loads(str(row["details"]))
    assert found[0] == found[1] == found[2]
    assert any(found[0].values())


def _turned(value: Any) -> str:
    """As JSON, with the fields of every object in the other order."""
    if isinstance(value, dict):
        fields = (f"{json.dumps(key)}: {_turned(value[key])}" for key in reversed(value))
        return "{" + ", ".join(fields) + "}"
    return (
        "[" + ", ".join(map(_turned, value)) + "]" if isinstance(value, list) else json.dumps(value)
    )


def _twice(value: Any) -> str:
    """As JSON, with the fields of every object once more before them, as null."""
    if isinstance(value, dict):
        fields = [f"{json.dumps(key)}: null" for key in value]
        fields += [f"{json.dumps(key)}: {_twice(inner)}" for key, inner in value.items()]
        return "{" + ", ".join(fields) + "}"
    return (
        "[" + ", ".join(map(_twice, value)) + "]" if isinstance(value, list) else json.dumps(value)
    )


@pytest.mark.parametrize("suffix", [".zip", ".tar", ".tar.gz"])
@pytest.mark.parametrize("name", ["OpenAI's records", "dashboards", "delphi's detection"])
@_SETTINGS
@given(seed=st.integers(0, 2**32))
def test_a_damaged_archive_does_no_harm(tmp_path: Path, name: str, suffix: str, seed: int) -> None:
    kind, chance, root = KINDS[name], random.Random(seed), tmp_path / "root"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    archive = (as_zip if suffix == ".zip" else as_tar)(root / f"in{suffix}", kind.files())
    raw = bytearray(archive.read_bytes())
    for _ in range(chance.randrange(1, 4)):
        raw[chance.randrange(len(raw))] = chance.randrange(256)
    archive.write_bytes(raw[: chance.choice([len(raw), chance.randrange(len(raw))])])
    try:
        imported(kind.format, archive, root / "pack", model="gpt2-small")
    except SourceError:
        assert not (root / "pack").exists()
    assert {path.name for path in root.iterdir()} <= {archive.name, "pack", "pack.work"}
