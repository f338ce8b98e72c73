"""How many texts a device reads at once: all that it is given, unless its memory is too small."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import torch

from ingest.errors import ModelError

T = TypeVar("T")


class Parts:
    """Reads rows in one go, or in parts of half the size whenever they do not fit.

    Each row is a text of its own, so that parts change nothing but the rounding of floats. A
    size that did fit is kept for what comes after.
    """

    def __init__(self, note: Callable[[str], None]) -> None:
        self._note = note
        self._most: int | None = None

    def run(self, n_rows: int, work: Callable[[slice], T]) -> list[T]:
        """`work` on the rows, part after part.

        Raises ModelError if a single row does not fit.
        """
        while True:
            size = min(self._most or n_rows, n_rows)
            try:
                return [work(slice(at, at + size)) for at in range(0, n_rows, size)]
            except torch.OutOfMemoryError as error:
                if size == 1:
                    raise ModelError(
                        "the device's memory is too small for the model and one text. Give "
                        "--dtype bfloat16, a smaller --context-length, or --device cpu."
                    ) from error
                self._most = size // 2
            self._note(f"out of memory with {size} texts at once: reading {self._most} at once")
            if torch.cuda.is_available():
                torch.cuda.empty_cache()
