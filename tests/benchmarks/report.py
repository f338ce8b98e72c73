"""How a benchmark reports: one JSON line per figure."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number, and whether it is what we ask for."""

    figure: str
    """What was measured: `token question, median`."""
    value: float | None
    """Null where the measurement gave no finite number; no bound holds then."""
    unit: str
    """`ms`, `rows/s`, `MiB`, or `1` for a share or a score."""
    bound: str | None = None
    """What is asked of the value, such as `>= 0.5`; null if it is only watched."""
    holds: bool | None = None
    """Whether the value keeps the bound; null without one."""


def report(
    figure: str,
    value: float,
    unit: str,
    *,
    at_least: float | None = None,
    at_most: float | None = None,
) -> Figure:
    """Print a figure as a JSON line, judged by the bounds given, and return it."""
    bounds = []
    holds = True
    if at_least is not None:
        bounds.append(f">= {at_least:g}")
        holds = holds and value >= at_least
    if at_most is not None:
        bounds.append(f"<= {at_most:g}")
        holds = holds and value <= at_most
    measured = Figure(
        figure,
        value if math.isfinite(value) else None,  # JSON has no word for the others
        unit,
        " and ".join(bounds) or None,
        holds and math.isfinite(value) if bounds else None,
    )
    print(json.dumps(asdict(measured), ensure_ascii=False), flush=True)
    return measured
