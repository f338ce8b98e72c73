"""The compiled reader of published files, where it is installed: see `native/` in the repository.

Without it the same is done by others, slower.
"""

from __future__ import annotations

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

IS_THERE: bool = native is not None
__all__ = ["IS_THERE", "native"]
