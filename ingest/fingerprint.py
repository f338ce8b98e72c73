"""What a job's inputs are known by: hashes of their content, never their place."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from ingest.sae_config import CONFIG, WEIGHTS

_CHUNK = 1 << 20
_MODEL_FILES = ("*.json", "*.safetensors", "*.bin", "*.model", "*.txt", "*.pth")
"""Configuration, weights and tokenizer of a model folder; not its README."""


def sha256_of_files(root: Path, files: Iterable[Path]) -> str:
    """A hash of the files' names below `root` and their bytes, in the order of the names."""
    hasher = hashlib.sha256()
    for path in sorted(files):
        hasher.update(path.relative_to(root).as_posix().encode() + b"\0")
        hasher.update(str(path.stat().st_size).encode() + b"\0")
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                hasher.update(chunk)
    return hasher.hexdigest()


def sha256_of_bytes(path: Path) -> str:
    """A hash of one file's bytes."""
    hasher = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            hasher.update(chunk)
    return hasher.hexdigest()


def model_fingerprint(model: str) -> str:
    """What tells a model from another: a folder's content, or the name of a published one."""
    folder = Path(model)
    if not folder.is_dir():
        return f"name:{model}"
    found = {path for pattern in _MODEL_FILES for path in folder.glob(pattern)}
    return f"sha256:{sha256_of_files(folder, found)}"


def sae_fingerprint(folder: Path) -> str:
    """What tells a sparse autoencoder from another: its configuration and its weights."""
    return f"sha256:{sha256_of_files(folder, [folder / CONFIG, folder / WEIGHTS])}"
