"""The corpus on disk: chunks, equal texts, texts held out and the sample, against plain Python."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.mining.chunks import Document
from ingest.mining.sides import FEWEST_DOCUMENTS, describe
from ingest.mining.tokenizing import write_tokens
from ingest.mining.tokens import TokenizedCorpus, open_tokens

LENGTH = 4
documents = st.lists(st.text("abc", max_size=9), min_size=1, max_size=40)


def encode(texts: Sequence[str]) -> list[list[int]]:
    return [[ord(character) - 97 for character in text] for text in texts]


def written(folder: Path, texts: Sequence[str], sample_size: int = 8) -> TokenizedCorpus | None:
    listed = [Document(index, text) for index, text in enumerate(texts)]
    seen: list[int] = []
    n_tokens = write_tokens(
        folder, listed, encode=encode, length=LENGTH, sample_size=sample_size, advance=seen.append
    )
    assert sum(seen) == len(texts)
    assert n_tokens == sum(map(len, texts))
    return open_tokens(folder) if n_tokens else None


def cut(texts: Sequence[str]) -> list[tuple[int, str]]:
    """Document and text of each chunk."""
    return [
        (number, text[first : first + LENGTH])
        for number, text in enumerate(texts)
        for first in range(0, len(text), LENGTH)
    ]


@given(documents)
def test_the_chunks_are_the_documents(texts: list[str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        found = written(Path(name) / "corpus", texts)
        chunks = cut(texts)
        if found is None:
            assert chunks == []
            assert list(Path(name).iterdir()) == []
            return
        assert found.n_chunks == len(chunks)
        assert "".join(chr(97 + token) for token in found.tokens) == "".join(texts)
        listed = [text for _, text in chunks]
        for number, (document, text) in enumerate(chunks):
            assert "".join(chr(97 + token) for token in found.text(number)) == text
            assert found.documents[number] == document
            assert found.firsts[number] == listed.index(text)
            assert found.keys[number] == found.keys[listed.index(text)]
        assert len(set(found.keys.tolist())) == len(set(listed))


@given(documents, st.integers(0, 12))
def test_sides_and_sample(texts: list[str], size: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        found = written(Path(name) / "corpus", texts, size)
        if found is None:
            return
        chunks = cut(texts)
        distinct = len({text for text in texts if text})
        if distinct < FEWEST_DOCUMENTS:
            distinct = len({text for _, text in chunks})
        side = dict(zip((text for _, text in chunks), found.held_out.tolist(), strict=True))
        # one text is on one side only, wherever it stands
        assert [side[text] for _, text in chunks] == found.held_out.tolist()
        built, held = found.sample.tolist(), found.held_out_sample.tolist()
        assert not found.held_out[built].any()
        assert found.held_out[held].all()
        for sample, wanted, of_side in (
            (built, size - size // 4, [text for text, out in side.items() if not out]),
            (held, size // 4, [text for text, out in side.items() if out]),
        ):
            assert len(sample) == min(wanted, len(of_side))
            assert len({chunks[number][1] for number in sample}) == len(sample)
            assert all(found.firsts[number] == number for number in sample)


def test_a_quarter_of_the_documents_is_held_out(tmp_path: Path) -> None:
    texts = ["".join(chr(97 + int(digit)) for digit in f"{number:03d}") for number in range(400)]
    found = written(tmp_path / "corpus", texts)
    assert found is not None
    assert found.held_out.sum() == 100
    again = written(tmp_path / "again", [*texts[::-1], *texts])
    assert again is not None
    assert again.held_out.tolist() == [*found.held_out.tolist()[::-1], *found.held_out.tolist()]
    keys, more = (set(corpus.keys[corpus.sample].tolist()) for corpus in (found, again))
    assert keys == more


def test_parts_of_a_document_stay_together(tmp_path: Path) -> None:
    texts = [chr(100 + number) * 9 for number in range(20)]
    found = written(tmp_path / "corpus", texts)
    assert found is not None
    for document in range(20):
        assert len(set(found.held_out[found.documents == document].tolist())) == 1


def test_groups_of_keys_in_little_memory(tmp_path: Path) -> None:
    """Chunks of equal texts, of which some stand in documents of both kinds."""
    chance = np.random.default_rng(0)
    hashes = chance.integers(0, 2**64, 70, np.uint64)
    texts = chance.integers(0, 70, 300)
    documents = np.where(chance.random(300) < 0.95, texts // 2, chance.integers(0, 35, 300))
    found = []
    for name, at_once in (("whole", 1 << 20), ("parted", 16)):
        folder = tmp_path / name
        folder.mkdir()
        hashes[texts].tofile(folder / "keys.bin")
        hashes[documents].tofile(folder / "units.bin")
        samples = describe(folder, 300, 24, at_once=at_once)
        columns = {path.name: path.read_bytes() for path in folder.iterdir()}
        found.append((columns, [sample.tolist() for sample in samples]))
    whole, parted = found
    assert whole[0].keys() == {"keys.bin", "firsts.bin", "held_out.bin"}
    assert [len(sample) for sample in whole[1]] == [18, 6]
    assert parted == whole


def test_a_stop_leaves_nothing(tmp_path: Path) -> None:
    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_tokens(
            tmp_path / "corpus", [Document(0, "abc")],
            encode=encode, length=4, sample_size=4, advance=stop,
        )  # fmt: skip
    assert list(tmp_path.iterdir()) == []


def test_windows_end_where_a_chunk_begins(tmp_path: Path) -> None:
    found = written(tmp_path / "corpus", ["abcabc", "c"])
    assert found is not None
    assert found.chunks_of(np.array([0, 3, 4, 5, 6])).tolist() == [0, 0, 1, 1, 2]
    places = np.array([0, 3, 5, 6])
    assert found.windows(places, 2).tolist() == [[0, -1, -1], [0, 2, 1], [2, 1, -1], [2, -1, -1]]
