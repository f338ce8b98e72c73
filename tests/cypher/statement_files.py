"""Files of statements: separated by an empty line, with a comment that says what they are at the top."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent
ATTACKS = HERE / "attacks"
HONEST = HERE / "honest"


def statements(file: Path) -> list[str]:
    """The statements of a file."""
    about, *found = file.read_text("utf-8").split("\n\n")
    assert about.startswith("//"), file
    return [text.strip("\n") for text in found]


def all_statements(folder: Path) -> list[str]:
    """Those of all files of a folder."""
    return [text for file in sorted(folder.glob("*.cypher")) for text in statements(file)]
