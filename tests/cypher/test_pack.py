"""Packs: written whole or not at all, read back, and never believed unseen."""

from __future__ import annotations

import json
import random
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cypher.errors import PackError
from cypher.pack import Pack, PackWriter, extend_pack, merge_packs, open_pack
from cypher.schema import PACKED
from cypher.tables import table_from_columns, table_from_rows
from tests.packs import small_pack


def edit_manifest(pack: Path, **changes: object) -> None:
    path = pack / "pack.json"
    document = json.loads(path.read_text())
    path.write_text(json.dumps({**document, **changes}))


@given(
    st.dictionaries(
        st.text(min_size=1),
        st.tuples(st.lists(st.text()), st.text(), st.none() | st.integers(0, 2**62)),
        max_size=5,
    )
)
def test_rows_are_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: dict[str, tuple[list[str], str, int | None]]
) -> None:
    path = tmp_path_factory.mktemp("packs") / "pack"
    texts = {"model_id": "m", "corpus": None}
    listed = [
        {"id": id_, **texts, "tokens": tokens, "text": text, "document": document}
        for id_, (tokens, text, document) in rows.items()
    ]
    with PackWriter(path) as writer:
        writer.add("Sequence", listed)
    pack = open_pack(path)
    pack.verify()
    by_id = sorted(listed, key=lambda row: str(row["id"]).encode())
    assert pack.table("Sequence").to_pylist() == by_id


def test_the_same_rows_make_the_same_bytes(tmp_path: Path) -> None:
    one, two = small_pack(tmp_path / "one"), small_pack(tmp_path / "two")
    assert one.digest == two.digest
    for kind in PACKED:
        assert [f.read_bytes() for f in one.files(kind.name)] == [
            f.read_bytes() for f in two.files(kind.name)
        ]


def test_ids_that_hardly_come_twice_are_written_without_a_dictionary(tmp_path: Path) -> None:
    own = {"run_id": "r"}
    with PackWriter(tmp_path / "pack") as writer:
        writer.add(
            "MATCHES", [{"source": f"n{at}", "target": f"t{at % 9}", **own} for at in range(3000)]
        )
        writer.add(
            "Sequence",
            [{"id": f"s{at}", "model_id": "m", "tokens": ["a"], "text": "a"} for at in range(3000)],
        )
    pack = open_pack(tmp_path / "pack")
    assert _with_dictionary(pack, "MATCHES") == {"target", "run_id"}
    assert _with_dictionary(pack, "Sequence") >= {"model_id", "tokens.list.element", "text"}
    assert "id" not in _with_dictionary(pack, "Sequence")


def encoded(name: str, table: pa.Table) -> pa.Table:
    """The same with each column of texts as a dictionary."""
    columns = {
        field.name: table.column(field.name).dictionary_encode()
        if field.type == pa.string()
        else table.column(field.name)
        for field in table.schema
    }
    return table_from_columns(name, columns)


EDGE = {"source": "m/0/1@s#1", "target": "m/0/1@s#0", "run_id": "r"}
FIRES = {"source": "m/0/1", "target": "a", "activation": 0.5, "rank": 1, "token_rank": 1}
NEURON = {"id": "m/0/1", "model_id": "m", "layer_id": "m/0", "layer_index": 0, "index": 1}


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("PRECEDED_BY", [EDGE, EDGE | {"source": "m/0/1@s#2"}]),
        ("PRECEDED_BY", [EDGE | {"source": "m/0/1@s#2"}, EDGE]),
        ("ACTIVATES_ON", [FIRES | {"run_id": run} for run in ("r", "s")]),
        ("ACTIVATES_ON", [FIRES | {"run_id": run} for run in ("s", "r")]),
        ("Neuron", [NEURON, NEURON | {"run_id": "r", "max_activation": 1.0}]),
        ("Sequence", [{"id": "s", "model_id": "m", "tokens": ["a", "a"], "text": "aa"}]),
    ],
)
def test_texts_that_come_as_dictionaries_are_texts_in_the_file(
    tmp_path: Path, name: str, rows: list[dict[str, object]]
) -> None:
    table = table_from_rows(name, rows)
    with PackWriter(tmp_path / "plain") as writer:
        writer.add(name, table)
    with PackWriter(tmp_path / "encoded") as writer:
        writer.add(name, encoded(name, table))
    plain, other = open_pack(tmp_path / "plain"), open_pack(tmp_path / "encoded")
    other.verify()
    assert other.table(name).equals(plain.table(name))
    (file,), (expected,) = other.files(name), plain.files(name)
    assert pq.read_schema(file).equals(pq.read_schema(expected), check_metadata=True)


def test_dictionaries_of_a_file_that_others_wrote_are_read_as_texts(tmp_path: Path) -> None:
    with PackWriter(tmp_path / "pack") as writer:
        writer.add("ACTIVATES_ON", [FIRES | {"run_id": "r"}])
    pack = open_pack(tmp_path / "pack")
    (file,) = pack.files("ACTIVATES_ON")
    table = pack.table("ACTIVATES_ON")
    pq.write_table(encoded("ACTIVATES_ON", table), file)
    assert pa.types.is_dictionary(pq.read_schema(file).field("source").type)
    assert [batch.schema.types for batch in pack.batches("ACTIVATES_ON", 9)] == [table.schema.types]


TEXTS = ("b", "a", "é", "", "ab")


@settings(deadline=None, max_examples=60)
@given(
    ends=st.lists(st.tuples(*[st.sampled_from(TEXTS)] * 2), unique=True, min_size=1),
    dictionary=st.lists(st.sampled_from(TEXTS)).map(lambda more: [*more, *TEXTS]),
    is_in_order=st.booleans(),
)
def test_rows_with_dictionaries_come_into_the_same_order(
    tmp_path_factory: pytest.TempPathFactory,
    ends: list[tuple[str, str]],
    dictionary: list[str],
    is_in_order: bool,
) -> None:
    path = tmp_path_factory.mktemp("packs") / "pack"
    texts = sorted(set(dictionary)) if is_in_order else dictionary
    columns = {
        name: pa.DictionaryArray.from_arrays([texts.index(end) for end in own], texts)
        for name, own in zip(("source", "target"), zip(*ends, strict=True), strict=True)
    }
    with PackWriter(path) as writer:
        writer.add(
            "CONTAINS", table_from_columns("CONTAINS", columns | {"run_id": ["r"] * len(ends)})
        )
    found = open_pack(path).table("CONTAINS").to_pylist()
    assert [(row["source"], row["target"]) for row in found] == sorted(ends)


def test_of_a_large_dictionary_each_row_group_has_what_is_in_it(tmp_path: Path) -> None:
    table = table_from_rows(
        "CONTAINS",
        [
            {"source": f"n{at // 8:05d}", "target": f"t{at % 8}", "run_id": "r"}
            for at in range(150_000)
        ],
    )
    with PackWriter(tmp_path / "plain") as writer:
        writer.add("CONTAINS", table)
    with PackWriter(tmp_path / "encoded") as writer:
        writer.add("CONTAINS", encoded("CONTAINS", table))
    plain, other = open_pack(tmp_path / "plain"), open_pack(tmp_path / "encoded")
    assert other.table("CONTAINS").equals(plain.table("CONTAINS"))
    sizes = [
        pq.ParquetFile(pack.files("CONTAINS")[0])
        .metadata.row_group(2)
        .column(0)
        .total_uncompressed_size
        for pack in (plain, other)
    ]
    assert sizes[0] == sizes[1]


def test_a_row_twice_is_found_among_dictionaries(tmp_path: Path) -> None:
    table = encoded("PRECEDED_BY", table_from_rows("PRECEDED_BY", [EDGE, EDGE]))
    with pytest.raises(PackError, match="same key"), PackWriter(tmp_path / "pack") as writer:
        writer.add("PRECEDED_BY", table)


def test_so_are_those_that_come_in_order_unless_each_comes_often(tmp_path: Path) -> None:
    with PackWriter(tmp_path / "pack") as writer:
        for name, often in (("PRECEDED_BY", 4), ("CONTAINS", 40)):
            writer.add(name, [
                {"source": f"n{at // often:05d}", "target": f"t{at % 40}", "run_id": "r"}
                for at in range(3000)
            ])  # fmt: skip
    pack = open_pack(tmp_path / "pack")
    assert _with_dictionary(pack, "PRECEDED_BY") == {"target", "run_id"}
    assert _with_dictionary(pack, "CONTAINS") == {"source", "target", "run_id"}


def _with_dictionary(pack: Pack, name: str) -> set[str]:
    group = pq.ParquetFile(pack.files(name)[0]).metadata.row_group(0)
    columns = [group.column(at) for at in range(group.num_columns)]
    return {column.path_in_schema for column in columns if column.has_dictionary_page}


def test_what_is_distinct_is_written_at_once_and_adopted_as_it_is(tmp_path: Path) -> None:
    def texts(*names: str) -> list[dict[str, object]]:
        return [{"id": n, "model_id": "m", "tokens": [n], "text": n} for n in names]

    for number, names in enumerate(["ca", "db"]):
        with PackWriter(tmp_path / f"{number}") as writer:
            for name in names:
                writer.add("Sequence", texts(name), distinct=True)
    for distinct, files in ((["Sequence"], 4), ([], 1)):
        path = tmp_path / f"all-{files}"
        with PackWriter(path) as writer:
            for number in range(2):
                writer.adopt(open_pack(tmp_path / f"{number}"), distinct=distinct)
        pack = open_pack(path)
        pack.verify()
        assert len(pack.files("Sequence")) == files
        assert sorted(map(str, pack.table("Sequence").column("id").to_pylist())) == list("abcd")


def test_the_order_of_rows_and_shards_of_shared_tables_does_not_matter(tmp_path: Path) -> None:
    rows = [{"id": text} for text in ("b", "a", "c", "a")]
    with PackWriter(tmp_path / "one") as writer:
        writer.add("Token", rows)
    with PackWriter(tmp_path / "two") as writer:
        for row in reversed(rows):
            writer.add("Token", [row])
    assert open_pack(tmp_path / "one").digest == open_pack(tmp_path / "two").digest
    assert open_pack(tmp_path / "one").rows("Token") == 3


def test_threads_that_add_to_a_table_each_make_the_same_pack(tmp_path: Path) -> None:
    def add(writer: PackWriter, name: str) -> None:
        for first in range(0, 2000, 100):
            writer.add(
                name,
                [
                    {"source": f"n{n}", "target": f"t{n}", "run_id": "r"}
                    for n in range(first, first + 100)
                ],
            )

    names = ["CONTAINS", "MATCHES", "PRECEDED_BY", "STARTS_AT"]
    digests = []
    for most in (1, 4):
        path = tmp_path / f"{most}"
        with PackWriter(path) as writer, ThreadPoolExecutor(most) as threads:
            list(threads.map(partial(add, writer), names))
        digests.append(open_pack(path).digest)
    assert digests[0] == digests[1]


def test_an_error_leaves_nothing(tmp_path: Path) -> None:
    def write_and_fail() -> None:
        with PackWriter(tmp_path / "pack") as writer:
            writer.add("Token", [{"id": "a"}])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_and_fail()
    assert list(tmp_path.iterdir()) == []


def test_an_error_leaves_the_pack_that_was_there(tmp_path: Path) -> None:
    before = small_pack(tmp_path / "pack").digest

    def write_and_fail() -> None:
        with PackWriter(tmp_path / "pack", replace=True) as writer:
            writer.add("Token", [{"id": 5}])

    with pytest.raises(PackError, match="not of its column's type"):
        write_and_fail()
    assert [path.name for path in tmp_path.iterdir()] == ["pack"]
    open_pack(tmp_path / "pack").verify()
    assert open_pack(tmp_path / "pack").digest == before


def test_a_full_disk_leaves_nothing_and_says_so(small_disk: Path) -> None:
    noise = random.Random(0)
    rows = [
        {
            "id": f"{n}",
            "model_id": "m",
            "tokens": [str(noise.random()) for _ in range(1000)],
            "text": "",
            "document": 0,
        }
        for n in range(1000)
    ]
    with pytest.raises(PackError, match="cannot be written"), PackWriter(small_disk / "p") as pack:
        pack.add("Sequence", rows)
    assert list(small_disk.iterdir()) == []


def test_an_existing_pack_is_not_overwritten_unasked(tmp_path: Path) -> None:
    small_pack(tmp_path / "pack")
    with pytest.raises(PackError, match="exists already"):
        PackWriter(tmp_path / "pack")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"id": "m"}, "Layer row 0: no 'model_id'"),
        ({"id": "m", "nmae": 1}, "unknown column 'nmae'"),
    ],
)
def test_a_row_that_does_not_fit_is_named(row: dict[str, object], message: str) -> None:
    with pytest.raises(PackError, match=message):
        table_from_rows("Layer", [row])


def test_columns_make_the_table_of_their_rows() -> None:
    row = {"source": "n", "target": "t", "weight": 0.5, "rank": 1, "run_id": "r"}
    columns = {name: [value] for name, value in row.items()}
    assert table_from_columns("READS", columns).equals(table_from_rows("READS", [row]))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"weight": ["much"]}, "READS: a column is not of its type"),
        ({"weight": [None]}, "READS: a column is not of its type: .*'weight' with null values"),
        ({"weights": [0.5]}, "READS has columns .*; expected source, target, weight, rank"),
        ({"weight": [0.5, "x"]}, "READS: a value is not of its column's type"),
    ],
)
def test_a_column_that_does_not_fit_is_named(changed: dict[str, object], message: str) -> None:
    columns = {"source": ["n"], "target": ["t"], "weight": [0.5], "rank": [1], "run_id": ["r"]}
    with pytest.raises(PackError, match=message):
        table_from_columns("READS", {**columns, **changed})


def test_two_rows_of_one_key_are_refused(tmp_path: Path) -> None:
    row = {"id": "x", "job": "mine", "source": "model"}
    with pytest.raises(PackError, match="same key"), PackWriter(tmp_path / "pack") as writer:
        writer.add("IngestRun", [row, row])


def test_rows_of_a_run_are_sorted_by_their_keys(tmp_path: Path) -> None:
    run = {"job": "mine", "source": "model"}
    with PackWriter(tmp_path / "pack") as writer:
        writer.add("IngestRun", [{"id": own, **run} for own in "bca"])
    assert open_pack(tmp_path / "pack").table("IngestRun", ["id"]).to_pydict() == {"id": [*"abc"]}


def test_two_rows_of_one_key_are_refused_wherever_they_stand(tmp_path: Path) -> None:
    run = {"job": "mine", "source": "model"}
    with pytest.raises(PackError, match="same key"), PackWriter(tmp_path / "pack") as writer:
        writer.add("IngestRun", [{"id": own, **run} for own in "bab"])


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="does not exist"):
        open_pack(tmp_path / "none")
    with pytest.raises(PackError, match=r"no pack: it has no pack\.json"):
        open_pack(tmp_path)


def test_a_truncated_pack_is_refused(tmp_path: Path) -> None:
    pack = small_pack(tmp_path / "pack")
    pack.files("Example")[0].unlink()
    with pytest.raises(PackError, match=r"truncated: Example\.parquet is missing"):
        pack.verify()


@pytest.mark.parametrize("kind", ["cut", "flipped"])
def test_a_corrupt_file_is_refused(tmp_path: Path, kind: str) -> None:
    pack = small_pack(tmp_path / "pack")
    file = pack.files("Neuron")[0]
    content = bytearray(file.read_bytes())
    if kind == "cut":
        del content[-1]
    else:
        content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(PackError, match="corrupt"):
        pack.verify()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format_version": 2}, "pack format version 2; this program reads 1. Upgrade"),
        ({"format_version": 0}, "pack format version 0; this program reads 1. Make the pack again"),
        ({"schema_version": 9}, "graph model version 9"),
        ({"format": "other"}, "does not say that it is a neurocypher-pack"),
        ({"tables": {}}, "its digest does not fit"),
        ({"tables": 5}, "malformed"),
        ({"tables": {"Token": {}}}, "malformed"),
    ],
)
def test_a_manifest_of_another_kind_is_refused(
    tmp_path: Path, changes: dict[str, object], message: str
) -> None:
    small_pack(tmp_path / "pack")
    edit_manifest(tmp_path / "pack", **changes)
    with pytest.raises(PackError, match=message):
        open_pack(tmp_path / "pack")


def test_a_manifest_that_is_not_json_is_refused(tmp_path: Path) -> None:
    small_pack(tmp_path / "pack")
    (tmp_path / "pack" / "pack.json").write_text("{")
    with pytest.raises(PackError, match="is not JSON"):
        open_pack(tmp_path / "pack")


def test_a_file_outside_the_pack_is_refused(tmp_path: Path) -> None:
    from cypher.pack import Manifest, Pack, Table, TableFile

    pack = small_pack(tmp_path / "pack")
    outside = tmp_path / "outside.parquet"
    pq.write_table(pack.table("Token"), outside)
    manifest = Manifest((Table("Token", (TableFile("../outside.parquet", 1, ""),)),))
    with pytest.raises(PackError, match="outside the pack"):
        Pack(pack.path, manifest).verify()


def test_packs_are_merged(tmp_path: Path) -> None:
    one = small_pack(tmp_path / "one", model="one")
    two = small_pack(tmp_path / "two", model="two")
    merge_packs([one.path, two.path], tmp_path / "both")
    both = open_pack(tmp_path / "both")
    both.verify()
    for kind in PACKED:
        rows = one.table(kind.name).to_pylist() + two.table(kind.name).to_pylist()
        found = both.table(kind.name).to_pylist()
        assert {json.dumps(row) for row in found} == {json.dumps(row) for row in rows}
        assert len(found) == len({json.dumps(row) for row in found})


@pytest.mark.parametrize("n_shards", [1, 3])
def test_a_pack_with_more_in_it(tmp_path: Path, n_shards: int) -> None:
    """What is added replaces what has its key, in a table of one file and in one of several."""

    def has(*pairs: int, run: str = "a") -> list[dict[str, object]]:
        return [{"source": f"m/0/{n}", "target": f"m/0/{n}@e#0", "run_id": run} for n in pairs]

    def said(*numbers: int, text: str = "a") -> list[dict[str, object]]:
        more = {"explainer": "e", "text": text, "run_id": "r"}
        return [{"id": f"m/0/{n}@e#0", **more} for n in numbers]

    with PackWriter(tmp_path / "base") as writer:
        for first in range(0, 9, 9 // n_shards):
            writer.add("HAS_EXPLANATION", has(*range(first, first + 9 // n_shards)))
        writer.add("Explanation", said(*range(9)))
        writer.add("Word", [{"id": "w"}])
    with PackWriter(tmp_path / "more") as writer:
        writer.add("HAS_EXPLANATION", has(2, 11, run="b"))
        writer.add("Explanation", said(2, 11, text="b"))
    extend_pack(
        open_pack(tmp_path / "base"), open_pack(tmp_path / "more"), tmp_path / "out",
        dropped={"HAS_EXPLANATION": [("m/0/5", "m/0/5@e#0")], "Explanation": [("m/0/5@e#0",)]},
    )  # fmt: skip
    out = open_pack(tmp_path / "out")
    out.verify()
    left = [0, 1, 3, 4, 6, 7, 8]
    expected: dict[str, list[dict[str, object]]] = {
        "HAS_EXPLANATION": [*has(*left), *has(2, 11, run="b")],
        "Explanation": [*said(*left), *said(2, 11, text="b")],
        "Word": [{"id": "w"}],
    }
    for name, rows in expected.items():
        found = sorted(out.table(name).to_pylist(), key=repr)
        assert found == sorted(table_from_rows(name, rows).to_pylist(), key=repr), name
    assert len(out.files("HAS_EXPLANATION")) == (1 if n_shards == 1 else n_shards + 1)
    assert len(out.files("Explanation")) == 1


def test_rows_are_counted_once_all_are_there(tmp_path: Path) -> None:
    def token(text: str) -> list[dict[str, object]]:
        return [{"id": text}]

    with PackWriter(tmp_path / "pack") as writer:
        for text in ("b", "a", "b"):
            writer.add("Token", token(text))
        assert writer.rows() == {"Token": 2}
        with pytest.raises(PackError, match="Token: rows came after all that were kept"):
            writer.add("Token", token("c"))
    assert open_pack(tmp_path / "pack").rows("Token") == 2
