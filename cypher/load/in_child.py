"""A load into Ladybug in a child process, which may abort without taking its parent along.

The parent sends one JSON line, the pack and the graph, and keeps the child's standard input
open: when that closes, because the parent died, the child stops. The child answers with JSON
lines: progress, and last a report or an error.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from dataclasses import asdict

from cypher import errors
from cypher.graph import LoadReport, OnConflict, Progress
from cypher.pack import Pack, open_pack
from cypher.url import Dialect, GraphUrl


def load_in_child(
    url: GraphUrl, pack: Pack, progress: Progress, on_conflict: OnConflict
) -> LoadReport:
    """Load `pack`; see `cypher.load.embedded`. Raises GraphError or LoadError."""
    with subprocess.Popen(
        [sys.executable, "-m", "cypher.load.in_child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # a Ctrl-C is the parent's; it ends the child by leaving
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            job = [url.location, str(pack.path.resolve()), on_conflict]
            child.stdin.write(json.dumps(job) + "\n")
            child.stdin.flush()
            for line in child.stdout:
                kind, content = json.loads(line)
                if kind == "progress":
                    progress(*content)
                elif kind == "report":
                    return LoadReport(**content)
                else:
                    raise getattr(errors, kind)(content)
        except KeyboardInterrupt:
            child.kill()
            raise
        finally:
            child.stdin.close()
    raise errors.LoadError(
        f"the embedded engine stopped without an answer (exit status {child.returncode}); the "
        f"graph at {url} is as it was. Is there memory and disk enough? Then load again."
    )


def _main() -> None:
    location, pack_path, rule = json.loads(sys.stdin.readline())
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    url = GraphUrl(Dialect.LADYBUG, location)
    try:
        from cypher.load.embedded import load_in_transaction  # noqa: PLC0415  the parent needs none

        pack = open_pack(pack_path)
        _say("report", asdict(load_in_transaction(url, pack, _progress, OnConflict(rule))))
    except errors.LoadError as error:
        _say(
            "LoadError",
            f"the load into {url} failed: {error} The graph is as it was before; mend the "
            f"cause and load again.",
        )
    except errors.CypherError as error:
        _say(type(error).__name__, str(error))
    os._exit(0)  # a file that failed in the middle of a write is not to be closed


def _progress(what: str, done: int, total: int) -> None:
    _say("progress", [what, done, total])


def _say(kind: str, content: object) -> None:
    print(json.dumps([kind, content]), flush=True)


def _leave_with_parent() -> None:
    os.read(0, 1)  # not through sys.stdin, whose lock would be held at exit
    os._exit(1)


if __name__ == "__main__":
    _main()
