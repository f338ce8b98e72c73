"""Run a command for as long as standard input stays open, then end it and remove its folder.

`guard.py kill|stop FOLDER COMMAND…`. Whoever starts this holds the other end of the pipe. The kernel closes
it when that process ends, however it ends, so neither a server nor its data outlives the tests.
Runs alone (`python -I`) and therefore imports nothing of ours.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading


def main() -> int:
    how, folder, *command = sys.argv[1:]
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL)

    def end_with_the_pipe() -> None:
        # Not through sys.stdin: a thread that waits in it would hold its lock at exit.
        os.read(0, 1)
        # A polite stop takes Neo4j ten seconds: only where its data stay, to be found in order.
        server.terminate() if how == "stop" else server.kill()

    threading.Thread(target=end_with_the_pipe, daemon=True).start()
    status = server.wait()
    shutil.rmtree(folder, ignore_errors=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
