"""The compiled reader of published files, where it is installed: see `native/` in the repository.

Without it the same is done by others, slower.
"""

from __future__ import annotations

import warnings
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import neurocypher_native as native
else:
    native: ModuleType | None
    try:
        import neurocypher_native as native
    except ImportError:  # it is built apart, by who has Rust
        native = None

INTERFACE = 5
"""Which interface of it is used here: it is built apart, and may be of another time."""

if native is not None and getattr(native, "INTERFACE", 0) != INTERFACE:
    warnings.warn(
        "neurocypher-native is of another version than neurocypher, and is not used: imports are "
        "slower. Build it again: pip install ./native",
        stacklevel=1,
    )
    native = None  # type: ignore[assignment]

IS_THERE: bool = native is not None
__all__ = ["INTERFACE", "IS_THERE", "native"]
