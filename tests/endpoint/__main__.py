"""`python -m tests.endpoint`: serve until it is stopped, and say where."""

from __future__ import annotations

import argparse
import time

from tests.endpoint.server import KEY, LocalEndpoint, running_endpoint


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=0.0, help="how long an answer takes")
    given = parser.parse_args()
    with running_endpoint(LocalEndpoint(seconds=given.seconds)) as endpoint:
        print(f"OPENAI_BASE_URL={endpoint.url} OPENAI_API_KEY={KEY}", flush=True)
        while True:
            time.sleep(3600)


if __name__ == "__main__":
    main()
