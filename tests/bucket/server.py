"""A real S3 server on a free port of this machine, with one bucket that is open to all."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.neo4j.server import GUARD
from tests.node import node_modules

NAME = "published"
START_SECONDS = 60
_LISTENING = re.compile(r"listening on (\S+:\d+)")
_ANSWERED = re.compile(rf": {NAME[5:]}/(\S+) 200 \S+ (?!0b)")
"""A line of its log, of an answer that is not empty; of a path the first characters are not in it."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where the server answers, and what it was asked."""

    endpoint: str
    log: Path

    @property
    def url(self) -> str:
        """The bucket."""
        return f"s3://{NAME}"

    @property
    def environment(self) -> dict[str, str]:
        """What tells a client of S3 to ask this server, and nobody else, for credentials either."""
        nothing = {"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}
        return {**nothing, "AWS_ENDPOINT_URL": self.endpoint, "AWS_EC2_METADATA_DISABLED": "true"}

    @property
    def credentials(self) -> dict[str, str]:
        """The server's own."""
        return {"AWS_ACCESS_KEY_ID": "S3RVER", "AWS_SECRET_ACCESS_KEY": "S3RVER"}

    def put(self, files: Mapping[str, bytes]) -> None:
        """Put files into the bucket, by their keys."""
        with httpx.Client(base_url=f"{self.endpoint}/{NAME}/") as client:
            for key, content in files.items():
                client.put(key, content=content).raise_for_status()

    def answered(self) -> list[str]:
        """The keys of files that were fetched so far."""
        return _ANSWERED.findall(self.log.read_text(encoding="utf-8"))


@contextmanager
def running_bucket() -> Iterator[Bucket]:
    """The server, with an empty bucket, as long as the context lasts."""
    program = node_modules(Path(__file__).parent, "s3rver") / "s3rver" / "bin" / "s3rver.js"
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        command = ["node", str(program), "--directory", f"{folder}/files", "--address", "127.0.0.1",
                   "--port", "0", "--configure-bucket", NAME]  # fmt: skip
        with log.open("wb") as out:
            guard = subprocess.Popen(
                [sys.executable, "-I", str(GUARD), "kill", f"{folder}/files", *command],
                stdin=subprocess.PIPE, stdout=out, stderr=subprocess.STDOUT,
                start_new_session=True,
            )  # fmt: skip
        try:
            yield Bucket(f"http://{_address(guard, log)}", log)
        finally:
            guard.communicate(b"\n", timeout=START_SECONDS)


def _address(server: subprocess.Popen[bytes], log: Path) -> str:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        if match := _LISTENING.search(log.read_text(encoding="utf-8")):
            return match[1]
        time.sleep(0.05)
    raise RuntimeError(f"the S3 server did not start: {log.read_text(encoding='utf-8')}")
