"""Every tensor that goes through `ingest` has its shape checked here."""

from __future__ import annotations

import re
import sys
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import settings
from jaxtyping import install_import_hook

_EARLY = {name for name in sys.modules if name.startswith("ingest.mining")}
assert not _EARLY, f"{_EARLY} were imported before their shapes could be checked"
_ROOT = Path(__file__).parents[2]
# Those that name shapes: a check costs a call ten microseconds, and a job makes millions of calls.
_SHAPED = [
    ".".join(path.relative_to(_ROOT).with_suffix("").parts)
    for path in sorted((_ROOT / "ingest").rglob("*.py"))
    if re.search(r"^\s*from jaxtyping import", path.read_text("utf-8"), re.MULTILINE)
]
assert len(_SHAPED) > 30, _SHAPED
install_import_hook(_SHAPED, "beartype.beartype")

from ingest.corpora import open_corpus  # noqa: E402
from ingest.mining.chunks import Document  # noqa: E402
from ingest.subject import Subject, boot, use_threads  # noqa: E402
from tests.shared import model_path, stories_path  # noqa: E402

settings.register_profile("unhurried", deadline=None)  # a first example may compile, for seconds
settings.load_profile("unhurried")
use_threads(1)  # threads that wait for each other on busy cores cost more than they save


@pytest.fixture(scope="session")
def subject() -> Subject:
    """stories260K."""
    return boot(str(model_path()), "cpu")


@pytest.fixture(scope="session")
def stories() -> list[Document]:
    """The first documents of the shared corpus."""
    return list(islice(open_corpus(stories_path()).documents(), 40))
