"""A figure is one JSON line, and its bound is judged as it is written."""

from __future__ import annotations

import json
import math

import pytest

from tests.benchmarks.report import report


@pytest.mark.parametrize(
    ("value", "bounds", "bound", "holds"),
    [
        (0.5, {}, None, None),
        (0.5, {"at_least": 0.5}, ">= 0.5", True),
        (0.4, {"at_least": 0.5}, ">= 0.5", False),
        (3.0, {"at_most": 2}, "<= 2", False),
        (3.0, {"at_least": 1, "at_most": 3}, ">= 1 and <= 3", True),
        (math.nan, {"at_most": 3}, "<= 3", False),
        (math.inf, {"at_least": 3}, ">= 3", False),
    ],
)
def test_a_figure_is_a_line(
    capsys: pytest.CaptureFixture[str],
    value: float,
    bounds: dict[str, float],
    bound: str | None,
    holds: bool | None,
) -> None:
    report("token question", value, "ms", **bounds)
    line = capsys.readouterr().out
    assert line.count("\n") == 1
    said = json.loads(line)
    assert said["value"] == (value if math.isfinite(value) else None)
    assert list(said) == ["figure", "value", "unit", "bound", "holds"]
    assert (said["bound"], said["holds"]) == (bound, holds)
