"""`python -m tests.neo4j`: start an empty server, print its URL, and stop it at Ctrl-C."""

from __future__ import annotations

import signal
import sys
import time

from tests.neo4j import SHORT_LIVED, NoJavaError, running_neo4j


def main() -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with running_neo4j(options=SHORT_LIVED) as server:
            print(server.graph_url, flush=True)
            print("Ctrl-C stops it and deletes its data.", file=sys.stderr)
            while True:
                time.sleep(3600)
    except KeyboardInterrupt:
        pass
    except NoJavaError as error:
        sys.exit(f"neo4j: {error}")


if __name__ == "__main__":
    main()
