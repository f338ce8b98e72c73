"""A query of one neuron that was asked before, through `neurocypher serve`, beside `/healthz`.

One client over a kept connection; the answers are interleaved, so that both meet the same machine.
The server's processor time per answer is what other programs cannot lengthen much.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable

import httpx
import psutil

from neurocypher.demo import demo_pack
from tests.benchmarks.report import report
from tests.graphapi.serving import serving
from tests.whole import load

_TIMES, _WARM_UP = 2000, 100
_BOUND = 5.0
"""Milliseconds at the 95th percentile."""
_QUERY = """query($id: ID!) { neuron(id: $id) {
  id statistics { maxActivation density } explanations { text score }
  activatesOn(first: 20) { edges { activation node { text } } }
} }"""


def main() -> None:
    """Run it."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"ladybug://{folder}/demo.lbug"
        load(url, demo_pack())
        with serving(url) as (process, address), httpx.Client() as client:
            sent = {"query": _QUERY, "variables": {"id": "stories260K/3/17"}}
            health = address.replace("/graphql", "/healthz")
            asked: dict[str, Callable[[], httpx.Response]] = {
                "cached query of one neuron": lambda: client.post(address, json=sent),
                "/healthz": lambda: client.get(health),
            }
            answer = asked["cached query of one neuron"]().json()
            if "errors" in answer:
                raise SystemExit(answer["errors"][0]["message"])
            took: dict[str, list[float]] = {name: [] for name in asked}
            for _ in range(_WARM_UP + _TIMES):
                for name, ask in asked.items():
                    began = time.perf_counter()
                    ask().raise_for_status()
                    took[name].append((time.perf_counter() - began) * 1000)
            worked: dict[str, float] = {}
            for name, ask in asked.items():
                before = psutil.Process(process.pid).cpu_times()
                for _ in range(_TIMES):
                    ask()
                after = psutil.Process(process.pid).cpu_times()
                spent = after.user + after.system - before.user - before.system
                worked[name] = spent * 1000 / _TIMES
    for name, times in took.items():
        report(f"{name}, processor time of the server", worked[name], "ms")
        kept = sorted(times[_WARM_UP:])
        report(f"{name}, median", statistics.median(kept), "ms")
        bound = _BOUND if name.startswith("cached") else None
        report(f"{name}, 95th percentile", kept[int(len(kept) * 0.95)], "ms", at_most=bound)


if __name__ == "__main__":
    main()
