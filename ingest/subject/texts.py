"""The exact text of every token, from the tokenizer's pieces."""

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


def _style(tokenizer: Any) -> PieceStyle:
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None:
        return PieceStyle.METASPACE
    decoder = json.loads(backend.to_str()).get("decoder") or {}
    parts = [decoder, *decoder.get("decoders", [])]
    byte_level = any(part.get("type") == "ByteLevel" for part in parts)
    return PieceStyle.BYTE_LEVEL if byte_level else PieceStyle.METASPACE
