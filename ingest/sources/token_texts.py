"""Exact texts of tokens by number, from the `tokenizer.json` that lies beside what names numbers."""

from __future__ import annotations

from ingest.pieces import PieceStyle, piece_text
from ingest.sources.documents import parse_json
from ingest.sources.fields import Record
from ingest.sources.tree import Tree, nearest, read_file

TOKENIZER = "tokenizer.json"


def texts_beside(tree: Tree) -> list[str] | None:
    """The texts of a tree's tokenizer; None if there is none. Raises SourceError if it is bad."""
    name = nearest(tree, TOKENIZER)
    return None if name is None else token_texts(read_file(tree, name), name)


def token_texts(data: bytes, file: str) -> list[str]:
    """Exact texts by number. Raises SourceError."""
    record = Record(parse_json(data, file), file)
    vocabulary = record.record("model").record("vocab")
    numbers = {name: vocabulary.index(name) for name in vocabulary.names()}
    style = PieceStyle.METASPACE if any("\u2581" in name for name in numbers) else PieceStyle.BYTE_LEVEL  # fmt: skip
    texts = {number: piece_text(name, style) for name, number in numbers.items()}
    if record.has("added_tokens"):
        for added in record.records("added_tokens"):
            texts[added.index("id")] = added.string("content")
    if max(texts, default=0) > 2 * len(texts):
        raise record.record("model").wrong("vocab", "numbers without large gaps")
    return [texts.get(number, f"<{number}>") for number in range(max(texts, default=-1) + 1)]
