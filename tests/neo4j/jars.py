"""The server's jars: copied out of Maven's repository once, then kept under `.cache/`."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

POM = Path(__file__).with_name("pom.xml")
CACHE = Path(__file__).parents[2] / ".cache" / "neo4j"
DOWNLOAD_SECONDS = 600

# What the server's own start script passes: its page cache and networking reach into the JDK.
_OPENED = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent")


class NoJavaError(Exception):
    """This machine cannot run the server: a program that it needs is not installed."""


def java(main_class: str, *arguments: str, options: tuple[str, ...] = ()) -> list[str]:
    """The command that runs one of Neo4j's programs; `options` are for the JVM."""
    opened = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in _OPENED]
    class_path = f"{_lib()}/*"
    return [_program("java"), *opened, *options, "-cp", class_path, main_class, *arguments]


def _lib() -> Path:
    """The folder of jars, filled on first use; one folder per content of the `pom.xml`."""
    lib = CACHE / f"lib-{hashlib.sha256(POM.read_bytes()).hexdigest()[:12]}"
    if not lib.is_dir():
        CACHE.mkdir(parents=True, exist_ok=True)
        with _locked(CACHE / "lock"):
            if not lib.is_dir():  # another process may have filled it while we waited
                _copy_jars(lib)
    return lib


def _copy_jars(lib: Path) -> None:
    maven = _program("mvn")
    with tempfile.TemporaryDirectory(dir=CACHE, prefix="copying-") as temporary:
        copied = Path(temporary) / "lib"
        run = subprocess.run(
            [
                maven,
                "-q",
                "-B",
                "-f",
                str(POM),
                "dependency:copy-dependencies",
                "-DincludeScope=runtime",
                f"-DoutputDirectory={copied}",
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=DOWNLOAD_SECONDS,
            check=False,
        )
        if run.returncode:
            raise RuntimeError(
                f"Maven could not copy Neo4j's jars (status {run.returncode}):\n{run.stdout}"
            )
        copied.rename(lib)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Let one process in at a time: Maven 3 does not like a second one in its repository."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _program(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise NoJavaError(
            f"`{name}` is not installed. A test server needs Java 17 or 21 and Maven; "
            "or name a Neo4j server whose data may be destroyed in NEO4J_TEST_URL."
        )
    return path
