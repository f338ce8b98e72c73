"""The parameters and the variables of a statement that is being compiled."""

from __future__ import annotations

from collections.abc import Sequence

Scalar = str | int | float


class Parameters:
    """Hands out a name for each value: the only way for a value to get into a statement."""

    def __init__(self) -> None:
        self.values: dict[str, object] = {}
        self._variables = 0

    def add(self, value: Scalar) -> str:
        """What stands in the text for `value`: `$p0`, then `$p1` and so on."""
        return self._named(value + 0.0 if isinstance(value, float) else value)  # no -0.0

    def add_list(self, values: Sequence[str]) -> str:
        """What stands in the text for a list of texts."""
        return self._named(list(values))

    def variable(self, kind: str) -> str:
        """A variable that the statement does not have yet: `kind` and a number."""
        self._variables += 1
        return f"{kind}{self._variables}"

    def _named(self, value: object) -> str:
        name = f"p{len(self.values)}"
        self.values[name] = value
        return f"${name}"
