"""The parameters of a statement that is being compiled."""

from __future__ import annotations

Scalar = str | int | float


class Parameters:
    """Hands out a name for each value: the only way for a value to get into a statement."""

    def __init__(self) -> None:
        self.values: dict[str, object] = {}

    def add(self, value: Scalar) -> str:
        """What stands in the text for `value`: `$p0`, then `$p1` and so on."""
        name = f"p{len(self.values)}"
        self.values[name] = value + 0.0 if isinstance(value, float) else value  # no -0.0
        return f"${name}"
