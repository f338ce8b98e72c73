"""`pack.json`: what a pack holds, with a content hash of every file."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from cypher.errors import PackError
from cypher.schema import SCHEMA_VERSION

FORMAT = "neurocypher-pack"
FORMAT_VERSION = 1
"""Raised whenever a pack of the version before can no longer be read as it is."""
MANIFEST_NAME = "pack.json"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class TableFile:
    """One Parquet file."""

    path: str
    """Relative to the pack, with forward slashes."""
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table: all the rows of a label or of a relationship type."""

    name: str
    files: tuple[TableFile, ...]

    @property
    def rows(self) -> int:
        """Rows in all its files."""
        return sum(file.rows for file in self.files)


@dataclass(frozen=True, slots=True)
class Manifest:
    """A pack's table of contents."""

    tables: tuple[Table, ...]

    @property
    def digest(self) -> str:
        """A hash of the content of every table: the same for the same rows."""
        listed = [[t.name, [[f.rows, f.sha256] for f in t.files]] for t in self.tables]
        return hashlib.sha256(json.dumps(listed).encode()).hexdigest()

    def to_json(self) -> str:
        """The text of `pack.json`."""
        document = {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "schema_version": SCHEMA_VERSION,
            "digest": self.digest,
            "tables": {
                table.name: {"rows": table.rows, "files": [asdict(file) for file in table.files]}
                for table in self.tables
            },
        }
        return json.dumps(document, indent=2) + "\n"


def read_manifest(pack: Path) -> Manifest:
    """The manifest of the pack at `pack`.

    Raises PackError if there is none, or one that this version cannot read.
    """
    path = pack / MANIFEST_NAME
    if not pack.exists():
        raise PackError(f"no pack at {pack}: the folder does not exist. Check the path.")
    if not path.is_file():
        raise PackError(
            f"{pack} is no pack: it has no {MANIFEST_NAME}. Name the folder that an ingest wrote."
        )
    try:
        document = json.loads(path.read_bytes())
    except ValueError as error:
        raise PackError(f"{path} is not JSON ({error}). Make or fetch the pack again.") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise PackError(f"{path} does not say that it is a {FORMAT}. Name a pack's folder.")
    _check_version(path, "pack format", document.get("format_version"), FORMAT_VERSION)
    _check_version(path, "graph model", document.get("schema_version"), SCHEMA_VERSION)
    try:
        manifest = Manifest(
            tuple(
                Table(name, tuple(TableFile(**file) for file in table["files"]))
                for name, table in document["tables"].items()
            )
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise PackError(f"{path} is malformed ({error}). Make or fetch the pack again.") from error
    if manifest.digest != document.get("digest"):
        raise PackError(f"{path} was changed: its digest does not fit. Make or fetch it again.")
    return manifest


def _check_version(path: Path, what: str, found: object, expected: int) -> None:
    if found == expected:
        return
    newer = isinstance(found, int) and found > expected
    remedy = "Upgrade neurocypher." if newer else "Make the pack again with this version."
    raise PackError(f"{path}: {what} version {found}; this program reads {expected}. {remedy}")


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hex."""
    hasher = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            hasher.update(chunk)
    return hasher.hexdigest()
