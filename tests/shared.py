"""The model and the corpus that tests share: the folder `shared` beside the repository."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2] / "shared"


def shared_path(*parts: str) -> Path:
    """A file or folder below `shared`; without it the test is skipped, or fails where CI is set."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        reason = f"{path} is not there: fetch the shared model and data beside the repository"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return path


def model_path() -> Path:
    """The folder of stories260K."""
    return shared_path("models", "stories260K")


def stories_path() -> Path:
    """4,000 stories, as JSON Lines."""
    return shared_path("data", "stories.jsonl")
