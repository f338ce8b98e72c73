"""Ten operations, GraphQL over HTTP beside the same Cypher through the engine's driver, p50 and p95.

On the demo pack and on the generated graph of GPT-2-small's size (`gpt2_size`), on both engines.
A question is asked of a different neuron, word or layer each time, raw and in GraphQL in turn,
so that whatever else the machine does slows both; the server keeps no answers, except for the
last figure, which is about kept ones. ARGS names graphs, engines and parts of operations' names:
`generated ladybug "fire on both" "a rare word"`.
"""

from __future__ import annotations

import gc
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import ladybug
import orjson

from cypher.load import load_pack
from cypher.url import parse_graph_url
from neurocypher.demo import demo_pack
from tests.benchmarks.client import Client
from tests.benchmarks.gpt2_size import ladybug_url, neo4j_server
from tests.benchmarks.operation_list import OPERATIONS, Operation, Subjects
from tests.benchmarks.report import report
from tests.benchmarks.serving import served
from tests.neo4j import Neo4jServer, running_neo4j

_WARM_UP, _TIMES = 5, 60
_SECONDS = 12.0
"""After which a question is asked no more, once it was asked often enough for a median."""
_ENOUGH = 15
_CONNECTIONS = 8
_LOAD_SECONDS = 2.0
_RATIO, _SLACK = 1.5, 3.0
_CACHED = 5.0
"""Milliseconds, at p95."""
_GRAPHS, _ENGINES = ("demo", "generated"), ("ladybug", "neo4j")

Ask = Callable[[Mapping[str, Any]], Any]


def main() -> None:
    wanted = sys.argv[1:]
    parts = [word for word in wanted if word not in {*_GRAPHS, *_ENGINES}]
    for part in parts:
        if not any(part in operation.name for operation in OPERATIONS):
            sys.exit(f"{part!r} is none of {', '.join((*_GRAPHS, *_ENGINES))}, and in no name.")
    asked = [one for one in OPERATIONS if not parts or any(part in one.name for part in parts)]
    for graph in [name for name in _GRAPHS if name in wanted] or _GRAPHS:
        for engine in [name for name in _ENGINES if name in wanted] or _ENGINES:
            with _graph(graph, engine) as (url, server):
                _measure(f"{graph}, {engine}", url, server, asked)


@contextmanager
def _graph(graph: str, engine: str) -> Iterator[tuple[str, Neo4jServer | None]]:
    """A graph's URL, and its server if it has one."""
    with ExitStack() as stack:
        server: Neo4jServer | None = None
        if graph == "generated":
            if engine == "ladybug":
                url = ladybug_url()
            else:
                server = stack.enter_context(neo4j_server())
                url = server.graph_url
        else:
            if engine == "ladybug":
                folder = stack.enter_context(tempfile.TemporaryDirectory())
                url = f"ladybug://{Path(folder) / 'demo.lbug'}"
            else:
                server = stack.enter_context(running_neo4j())
                url = server.graph_url
            load_pack(demo_pack().path, parse_graph_url(url), lambda *_: None)
        yield url, server


def _measure(where: str, url: str, server: Neo4jServer | None, asked: Sequence[Operation]) -> None:
    with _driver(url, server) as run:
        subjects = Subjects.found(run)
        with served(url, cached=False) as address:
            for operation in asked:
                _compare(where, operation, subjects, run, address)
        if OPERATIONS[0] not in asked:
            return
        with served(url, cached=True) as address:
            _cached(where, subjects, address)


def _compare(
    where: str,
    operation: Operation,
    subjects: Subjects,
    run: Callable[[str, Mapping[str, Any]], list[Any]],
    address: str,
) -> None:
    parameters = operation.parameters(subjects)
    gc.collect()
    gc.freeze()  # what this process holds of modules and subjects is not looked through meanwhile
    with _posting(operation.graphql, address) as post:
        raw, served_ = _in_turn(lambda given: run(operation.cypher, given), post, parameters)
    name = f"{where}, {operation.name}"
    p50, served_p50 = statistics.median(raw), statistics.median(served_)
    report(f"{name}, raw, p50", p50, "ms")
    report(f"{name}, raw, p95", _p95(raw), "ms")
    bound = operation.ratio * p50 + (_SLACK if operation.ratio == _RATIO else 0.0)
    report(f"{name}, GraphQL, p50", served_p50, "ms", at_most=round(bound, 2))
    report(f"{name}, GraphQL, p95", _p95(served_), "ms")
    report(
        f"{name}, GraphQL, {_CONNECTIONS} connections", _rate(operation, address, parameters), "1/s"
    )


def _in_turn(
    raw: Ask, post: Ask, parameters: Sequence[Mapping[str, Any]]
) -> tuple[list[float], list[float]]:
    """Milliseconds of each, asked in turn."""
    times: tuple[list[float], list[float]] = ([], [])
    begin = time.monotonic()
    for number in range(_WARM_UP + _TIMES):
        given = parameters[number % len(parameters)]
        for ask, taken in zip((raw, post), times, strict=True):
            started = time.perf_counter()
            ask(given)
            if number >= _WARM_UP:
                taken.append(1000 * (time.perf_counter() - started))
        if time.monotonic() - begin > _SECONDS and len(times[0]) >= _ENOUGH:
            break
    return times


def _cached(where: str, subjects: Subjects, address: str) -> None:
    operation = OPERATIONS[0]
    (given, *_) = operation.parameters(subjects)
    with _posting(operation.graphql, address) as post:
        times, _ = _in_turn(post, lambda _: None, [given])
    name = f"{where}, {operation.name}, kept answer"
    report(f"{name}, p50", statistics.median(times), "ms")
    report(f"{name}, p95", _p95(times), "ms", at_most=_CACHED)


def _rate(operation: Operation, address: str, parameters: Sequence[Mapping[str, Any]]) -> float:
    """Answers per second over several connections at once."""
    answered = [0] * _CONNECTIONS
    end = time.monotonic() + _LOAD_SECONDS

    def ask(own: int) -> None:
        with _posting(operation.graphql, address) as post:
            while time.monotonic() < end:
                post(parameters[(own + answered[own]) % len(parameters)])
                answered[own] += 1

    threads = [threading.Thread(target=ask, args=(own,)) for own in range(_CONNECTIONS)]
    begin = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(answered) / (time.monotonic() - begin)


@contextmanager
def _posting(query: str, address: str) -> Iterator[Ask]:
    """Asks in GraphQL over one kept connection, and takes the answer apart."""
    client = Client(address, "/graphql")

    def post(variables: Mapping[str, Any]) -> Any:
        status, body = client.post(orjson.dumps({"query": query, "variables": variables}))
        answer = orjson.loads(body)
        assert status == 200, answer
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    try:
        yield post
    finally:
        client.close()


@contextmanager
def _driver(
    url: str, server: Neo4jServer | None
) -> Iterator[Callable[[str, Mapping[str, Any]], list[Any]]]:
    """Runs a statement through the engine's own driver, and takes every row."""
    if server is None:
        database = ladybug.Database(parse_graph_url(url).location, read_only=True)
        connection = ladybug.Connection(database)

        def run_embedded(text: str, parameters: Mapping[str, Any]) -> list[Any]:
            result = connection.execute(text, dict(parameters))
            assert not isinstance(result, list)
            return result.get_all()

        yield run_embedded
        connection.close()
        database.close()
        return
    with server.driver() as driver, driver.session(default_access_mode="READ") as session:
        yield lambda text, parameters: list(session.run(text, dict(parameters)))


def _p95(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


if __name__ == "__main__":
    assert os.environ.get("NEO4J_TEST_URL") is None, "servers of this run's own are measured"
    main()
