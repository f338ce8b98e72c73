"""What the import of a source is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ImportSettings:
    """One import."""

    location: str
    """A folder, an archive, a file or a URL."""
    output: Path
    """Where the pack is to stand."""
    model: str | None = None
    """The model's id in the graph; what the files say if None."""
    source: str | None = None
    """Who speaks, in the graph; the format's name if None."""
    layers: str | None = None
    """Such as `0-4` or `6-res-jb`; all if None."""
    neurons: str | None = None
    """Such as `0-99`, of each layer; all if None."""
    skip_bad: bool = False
    """Whether the job goes on without records that are not of the format."""
    replace: bool = False
    """Whether a pack that stands there is replaced."""
    restart: bool = False
    """Whether unfinished work is thrown away."""
    cache: Path | None = None
    """Where files of a URL are kept once they were fetched; the user's cache folder if None."""
    refresh: bool = False
    """Whether files of a URL that are kept there are fetched again."""
