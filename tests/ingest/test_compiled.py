"""What numba keeps is never taken for functions that have changed since."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from ingest.compiled import cache_folder, forget_others

IMPORTS = "from ingest.compiled import compiled\n"
INNER = IMPORTS + "@compiled\ndef inner(x):\n    return x + {}\n"
OUTER = IMPORTS + "from inner import inner\n@compiled\ndef outer(x):\n    return inner(x)\n"
PROGRAM = """
import sys
from pathlib import Path
import numba
from ingest.compiled import cache_folder
numba.config.CACHE_DIR = str(cache_folder(Path(sys.argv[1]), Path(sys.argv[2])))
sys.path.insert(0, sys.argv[1])
from outer import outer
print(outer(1))
"""


def test_a_function_called_in_another_file_is_the_new_one(tmp_path: Path) -> None:
    package, kept = tmp_path / "package", tmp_path / "kept"
    package.mkdir()
    (package / "outer.py").write_text(OUTER)
    for added in (1, 5, 5):
        (package / "inner.py").write_text(INNER.format(added))
        run = subprocess.run(
            [sys.executable, "-B", "-c", PROGRAM, str(package), str(kept)],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert run.stdout.split() == [str(1 + added)]
    assert len(list(kept.iterdir())) == 2


def test_other_files_do_not_matter(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(IMPORTS)
    folder = cache_folder(tmp_path, Path("root"))
    (tmp_path / "b.py").write_text("x = 1\n")
    assert cache_folder(tmp_path, Path("root")) == folder
    (tmp_path / "b.py").write_text(IMPORTS)
    assert cache_folder(tmp_path, Path("root")) != folder


def test_what_others_left_is_removed_after_long(tmp_path: Path) -> None:
    own, old, young = (tmp_path / name for name in ("own", "old", "young"))
    now = 1e9
    for folder, days in ((own, 100), (old, 100), (young, 1)):
        folder.mkdir()
        os.utime(folder, (0, now - days * 24 * 3600))
    forget_others(own, now=now)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["own", "young"]
    forget_others(tmp_path / "missing" / "own", now=now)
