"""Programs of Node that tests use, installed once at the versions that a `package.json` names."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.lacking import lacking

CACHE = Path(__file__).parents[1] / ".cache"
MINUTES = 5


def node_modules(folder: Path, name: str) -> Path:
    """The `node_modules` of what a folder's `package.json` names, kept in the cache as `name`.

    Skips the test without Node; with `CI` set it fails.
    """
    if shutil.which("npm") is None or shutil.which("node") is None:
        lacking("Node and npm are not on the path")
    wanted = (folder / "package.json").read_text(encoding="utf-8")
    cache = CACHE / name
    installed = cache / "package.json"
    if not installed.exists() or installed.read_text(encoding="utf-8") != wanted:
        shutil.rmtree(cache, ignore_errors=True)
        making = cache / "making"
        making.mkdir(parents=True)
        (making / "package.json").write_text(wanted, encoding="utf-8")
        command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
        subprocess.run(command, cwd=making, check=True, timeout=60 * MINUTES)
        (making / "node_modules").rename(cache / "node_modules")
        installed.write_text(wanted, encoding="utf-8")
        shutil.rmtree(making)
    return cache / "node_modules"
