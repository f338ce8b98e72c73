"""Which media type an answer has, of those that the client accepts."""

from __future__ import annotations

from collections.abc import Sequence

JSON = "application/json"
GRAPHQL = "application/graphql-response+json"


def accepted(header: str | None, offered: Sequence[str]) -> str | None:
    """The media type that the client likes best; among equals the first offered.

    None if it accepts none of them. Without a header anything is accepted (RFC 9110, 12.5.1).
    """
    if header is None or not header.strip():
        return offered[0]
    ranges = [_range(part) for part in header.split(",")]
    best, best_quality = None, 0.0
    for media in offered:
        quality = _quality(media, ranges)
        if quality > best_quality:
            best, best_quality = media, quality
    return best


def _range(part: str) -> tuple[str, float]:
    name, *parameters = (piece.strip().lower() for piece in part.split(";"))
    quality = 1.0
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key == "q":
            try:
                quality = float(value)
            except ValueError:
                quality = 0.0
    return name, quality if 0 <= quality <= 1 else 0.0


def _quality(media: str, ranges: Sequence[tuple[str, float]]) -> float:
    """That of the most specific range that covers `media`."""
    whole = media.partition("/")[0] + "/*"
    for pattern in (media, whole, "*/*"):
        for name, quality in ranges:
            if name == pattern:
                return quality
    return 0.0
