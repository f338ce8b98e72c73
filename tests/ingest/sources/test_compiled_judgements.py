"""Judgements that the compiled reader takes become the rows that they become without it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cypher import ids
from cypher.native import native
from tests.ingest.sources.importing import imported, rows, written
from tests.ingest.sources.outcomes import outcome

pytestmark = pytest.mark.usefixtures("native_reader")

DIGESTS = ids.sequence_digests("gpt2")
TOKENS = st.lists(
    st.sampled_from(["a", " b", "", "é", '"', "\\", "日", "\n"]), min_size=1, max_size=4
)
NAME = "layers.5.mlp_latent{}.txt"


def row(tokens: list[str] | None = None, **known: object) -> dict[str, Any]:
    """A judgement as delphi writes it now."""
    tokens = ["a", " b"] if tokens is None else tokens
    return {
        "str_tokens": tokens, "activations": [0.5] * len(tokens), "distance": -1.0,
        "activating": True, "prediction": True, "probability": None, "correct": True, **known,
    }  # fmt: skip


@st.composite
def judgements(draw: st.DrawFn) -> dict[str, Any]:
    """Some fields are there in some rows only."""
    tokens = draw(TOKENS)
    count = len(tokens)
    numbers = st.one_of(st.floats(-9, 9), st.sampled_from([0, 3, -0.0, 0.1]))
    optional = {
        "highlighted": draw(st.sampled_from([True, False, None])),
        "ground_truth": None,
        "more": [{"str_tokens": ["c"]}],
    }
    kept = draw(st.sets(st.sampled_from(sorted(optional))))
    return row(
        tokens,
        activations=draw(st.lists(numbers, min_size=count, max_size=count)),
        distance=draw(st.sampled_from([-1, -1.0, 0, -0.0, 0.5, 3, 3.0, 1e18, 2**31, 2**31 - 1])),
        activating=draw(st.booleans()),
        prediction=draw(st.sampled_from([True, False, None])),
        probability=draw(st.sampled_from([None, None, 0.25, 0.5, 1.0])),
        **{name: optional[name] for name in kept},
    )


def _files(latents: list[dict[str, list[dict[str, Any]]]]) -> dict[str, Any]:
    files: dict[str, Any] = {"run_config.json": {"model": "x/gpt2", "explainer_model": "y"}}
    for latent, kinds in enumerate(latents):
        said = "Explanation generation failed" if latent == 2 else f"Fires on {latent}."
        files[f"explanations/{NAME.format(latent)}"] = orjson.dumps(said)
        for kind, judged in kinds.items():
            files[f"scores/{kind}/{NAME.format(latent)}"] = judged
    return files


def _assert_as_without(folder: Path, outputs: Path) -> object:
    found, expected = (
        outcome("delphi", folder, outputs / f"{skip}", skip_bad=skip, of="scores")
        for skip in (False, True)
    )
    assert found == expected
    return found


@settings(deadline=None, max_examples=25)
@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["fuzz", "detection"]), st.lists(judgements(), max_size=13)
        ),
        min_size=1,
        max_size=4,
    )
)
def test_the_rows_are_the_same(
    tmp_path_factory: pytest.TempPathFactory, latents: list[dict[str, list[dict[str, Any]]]]
) -> None:
    root = tmp_path_factory.mktemp("judgements")
    folder = written(root / "in", _files(latents))
    paths = sorted(map(str, folder.glob("scores/*/*")))
    read = native.read_judgements(paths, 1 << 30, DIGESTS)
    assert None not in [read.counts(at) for at in range(len(paths))]
    _assert_as_without(folder, root)


ODD: list[tuple[str, Any]] = [
    ("str_tokens", []), ("str_tokens", ["a", 1]), ("str_tokens", None), ("str_tokens", "ab"),
    ("activations", [0.5]), ("activations", None), ("activations", [0.5, "1"]),
    ("activations", [0.5, None]), ("activating", None), ("activating", 1), ("activating", "true"),
    ("prediction", 1), ("prediction", "yes"), ("prediction", -1), ("probability", 1),
    ("probability", True), ("probability", "0.5"), ("distance", None), ("distance", True),
    ("distance", "3"), ("highlighted", 1), ("ground_truth", True), ("ground_truth", 0),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value"), ODD)
def test_what_is_odd_is_left_to_the_others(tmp_path: Path, field: str, value: object) -> None:
    files = _files([{"fuzz": [row()], "detection": [row(), {**row(), field: value}, row()]}])
    folder = written(tmp_path / "in", files)
    read = native.read_judgements([str(folder / f"scores/detection/{NAME.format(0)}")], 1 << 20,
                                  DIGESTS)  # fmt: skip
    assert read.counts(0) is None
    _assert_as_without(folder, tmp_path)


@pytest.mark.parametrize(
    "document", [b"[1, 2]", b'["a"]', b"{}", b"1", b"", b"[NaN]", b'[{"a":1}]']
)
def test_what_is_no_list_of_judgements_is_an_error(tmp_path: Path, document: bytes) -> None:
    folder = written(tmp_path / "in", _files([{"fuzz": [row()]}]))
    (folder / f"scores/fuzz/{NAME.format(0)}").write_bytes(document)
    assert "layers.5.mlp_latent0.txt" in str(_assert_as_without(folder, tmp_path))


def test_of_a_field_that_stands_there_twice_the_last_counts(tmp_path: Path) -> None:
    folder = written(tmp_path / "in", _files([{"fuzz": [row()]}]))
    twice = orjson.dumps([row()]).replace(
        b'"activating":true', b'"activating":1,"activating":false'
    )
    (folder / f"scores/fuzz/{NAME.format(0)}").write_bytes(twice)
    _assert_as_without(folder, tmp_path)
    (found,) = rows(imported("delphi", folder, tmp_path / "pack"), "Judgement")
    assert found["activating"] is False


def test_files_stand_in_their_order_whatever_reads_them(tmp_path: Path) -> None:
    latents = [
        {kind: [row([f" {latent}", f"{place}"]) for place in range(12)] for kind in kinds}
        for latent, kinds in enumerate([("fuzz", "detection"), ("fuzz",), (), ("detection",)] * 20)
    ]
    folder = written(tmp_path / "in", _files(latents))
    packed = folder / f"scores/fuzz/{NAME.format(4)}"
    written(folder, {f"scores/fuzz/{NAME.format(4)}.gz": orjson.loads(packed.read_bytes())})
    packed.unlink()
    (folder / f"scores/fuzz/{NAME.format(8)}").write_bytes(orjson.dumps([row(prediction=1)]))
    _assert_as_without(folder, tmp_path)


def test_what_was_not_read_has_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "judged"
    path.write_bytes(orjson.dumps([row()]))
    read = native.read_judgements([str(path), str(tmp_path / "none")], 1 << 20, DIGESTS)
    assert read.counts(0) == (1, 1, 1, 1, 1)
    assert read.counts(1) is read.counts(2) is None
    for wrong in (1, 2):
        with pytest.raises(ValueError, match=f"no judgements stand at {wrong}"):
            read.texts(wrong)
        with pytest.raises(ValueError, match=f"no judgements stand at {wrong}"):
            read.likely(wrong)
        with pytest.raises(ValueError, match=f"no judgements stand at {wrong}"):
            native.judgement_rows([(read, wrong)], ["x"])
    with pytest.raises(ValueError, match="0 beginnings of ids, of 1 files"):
        native.judgement_rows([(read, 0)], [])
    nothing = native.read_judgements([str(path)], path.stat().st_size - 1, DIGESTS)
    assert nothing.counts(0) is None


def test_rows_stand_in_the_order_of_their_ids(tmp_path: Path) -> None:
    """They are not put in order later, which would copy all activations."""
    counts = (12, 3, 12)
    paths = [tmp_path / f"{at}" for at in range(len(counts))]
    for path, count in zip(paths, counts, strict=True):
        path.write_bytes(orjson.dumps([row([f"{at}"], activations=[at]) for at in range(count)]))
    read = native.read_judgements(list(map(str, paths)), 1 << 20, DIGESTS)
    judged = [(read, at) for at in range(len(counts))]
    found = native.judgement_rows(judged, ["a#", "b#", "c#"])
    begins, joined = found["ids"]
    places = memoryview(begins).cast("I").tolist()
    named = [joined[begin:end].decode() for begin, end in pairwise(places)]
    expected = sorted(
        f"{name}#{at + 1}" for name, count in zip("abc", counts, strict=True) for at in range(count)
    )
    assert named == expected
    numbers = [int(name.partition("#")[2]) for name in named]
    assert memoryview(found["numbers"]).cast("q").tolist() == numbers
    assert memoryview(found["activations"][1]).cast("d").tolist() == [n - 1 for n in numbers]
    assert memoryview(found["counts"]).cast("q").tolist() == list(counts)
