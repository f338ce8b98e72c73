"""The exact text of every token, from the tokenizer's pieces; and the tokenizer itself."""

from __future__ import annotations

import json
from typing import Any

from ingest.pieces import PieceStyle, piece_text


def token_texts(tokenizer: Any) -> tuple[str, ...]:
    """The exact text of every token id; ids that no piece stands for are `<token 123>`.

    `tokenizer` is one of transformers'.
    """
    style = _style(tokenizer)
    literal = {place: str(token) for place, token in tokenizer.added_tokens_decoder.items()}
    pieces = tokenizer.convert_ids_to_tokens(list(range(len(tokenizer))))
    return tuple(
        literal.get(place) or piece_text(piece or "", style) or f"<token {place}>"
        for place, piece in enumerate(pieces)
    )


def definition(tokenizer: Any) -> str | None:
    """The JSON that the library `tokenizers` makes the same tokenizer of; None if there is none.

    It cuts no text off and fills none up, whatever the tokenizer did last.
    """
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None:
        return None
    content = json.loads(backend.to_str()) | {"truncation": None, "padding": None}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _style(tokenizer: Any) -> PieceStyle:
    written = definition(tokenizer)
    if written is None:
        return PieceStyle.METASPACE
    decoder = json.loads(written).get("decoder") or {}
    parts = [decoder, *decoder.get("decoders", [])]
    byte_level = any(part.get("type") == "ByteLevel" for part in parts)
    return PieceStyle.BYTE_LEVEL if byte_level else PieceStyle.METASPACE
