"""What a dry run says beforehand, beside what the server then counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cypher.pack import Pack
from ingest.jobs.explaining.plan import dry_run
from ingest.jobs.explaining.settings import ExplainSettings
from ingest.jobs.explaining.subject import ModelReads
from ingest.jobs.explaining.where import Where
from tests.endpoint import LocalEndpoint, Mind, echo, running_endpoint
from tests.ingest.explaining.jobs import run, settings
from tests.shared import model_path

FEW = Where(neurons="0-2", layers="0,4")


def _dry(given: ExplainSettings) -> tuple[int, int, int]:
    """Calls and prompt tokens that are still to be paid for, and calls that can only be bounded."""
    plan = dry_run(given)
    assert plan.exact
    return (
        sum(kind.calls - kind.kept for kind in plan.kinds.values()),
        sum(kind.prompt_tokens for kind in plan.kinds.values()),
        sum(kind.bounded for kind in plan.kinds.values()),
    )


@pytest.mark.parametrize(
    "modes",
    [
        {"simulator": "none"},
        {"simulator": "none", "patterns": True, "groups": 3},
        {"explainer": "template"},
        {"explainer": "template", "judge": True, "scored": 2},
        {"explainer": "none", "judge": True},
    ],
)
def test_what_can_be_known_is_what_the_server_counts(
    pack: Pack, tmp_path: Path, modes: dict[str, Any]
) -> None:
    rule = Knows(Mind(pack))
    with running_endpoint(LocalEndpoint(rule)) as server:
        given = settings(pack, server, tmp_path, where=FEW, **modes)
        calls, tokens, bounded = _dry(given)
        assert (bounded, server.arrivals) == (0, [])
        run(given)
        assert (calls, tokens) == (sum(server.paid.values()), server.prompt_tokens)
        assert calls >= 6
        assert _dry(given) == (0, 0, 0)


class Knows:
    """Simulates and judges sentences that are not its own, too: as if it knew nothing of them."""

    def __init__(self, mind: Mind) -> None:
        self._mind = mind

    def __call__(self, instructions: str, material: str) -> dict[str, Any]:
        own = material.startswith(('Sentence: "what ', "Text 1:"))
        return self._mind(instructions, material) if own else echo(instructions, material)


def test_sentences_that_are_written_are_counted_exactly(pack: Pack, tmp_path: Path) -> None:
    modes: dict[str, Any] = {"where": FEW, "patterns": True, "groups": 3}
    with running_endpoint(LocalEndpoint(Mind(pack))) as server:
        run(settings(pack, server, tmp_path, simulator="none", **modes))
        both = settings(pack, server, tmp_path, output=tmp_path / "both", judge=True, **modes)
        calls, tokens, bounded = _dry(both)
        assert bounded == 0
        paid, counted = sum(server.paid.values()), server.prompt_tokens
        run(both)
        assert calls == sum(server.paid.values()) - paid
        assert tokens == server.prompt_tokens - counted
        assert _dry(both)[:2] == (0, 0)


def test_sentences_to_come_are_bounded_and_calls_are_exact(pack: Pack, tmp_path: Path) -> None:
    with running_endpoint(LocalEndpoint(Mind(pack))) as server:
        given = settings(pack, server, tmp_path, where=FEW, judge=True)
        calls, tokens, bounded = _dry(given)
        run(given)
    assert calls == sum(server.paid.values())
    assert bounded == calls - 6
    assert server.prompt_tokens < tokens < 2 * server.prompt_tokens


def test_answers_that_were_none_are_counted_as_asked_again(pack: Pack, tmp_path: Path) -> None:
    one = Where(neurons="0", layers="0")
    with running_endpoint(LocalEndpoint(Mind(pack), wrapped=True)) as server:
        given = settings(pack, server, tmp_path, where=one, simulator="none")
        run(given)
        assert sum(server.paid.values()) == 3
        assert _dry(given) == (0, 0, 0)  # it has been given up
        path = given.endpoint.answers / "answers.jsonl" if given.endpoint else tmp_path
        lines = path.read_bytes().splitlines(keepends=True)
        path.write_bytes(lines[0])  # as if it had been killed after the first
        calls, tokens, _ = _dry(given)
        server.wrapped = False
        paid, counted = sum(server.paid.values()), server.prompt_tokens
        run(settings(pack, server, tmp_path, where=one, simulator="none", replace=True))
        assert (calls, tokens) == (
            sum(server.paid.values()) - paid, server.prompt_tokens - counted
        )  # fmt: skip


def test_rounds_of_refining_are_bounded(pack: Pack, tmp_path: Path) -> None:
    model = ModelReads(str(model_path()), "cpu")
    mind = Mind(pack, "shuffled", revised=("perfect", "shuffled"))
    modes: dict[str, Any] = {"where": Where(neurons="0", layers="1,3"), "judge": True}
    with running_endpoint(LocalEndpoint(mind)) as server:
        run(settings(pack, server, tmp_path, output=tmp_path / "first", **modes))
        assert _dry(settings(pack, server, tmp_path, **modes))[:2] == (0, 0)
        given = settings(pack, server, tmp_path, refine=2, subject="x", **modes)
        plan = dry_run(given)
        calls, tokens, bounded = _dry(given)
        uncertain = sum(kind.uncertain for kind in plan.kinds.values())
        assert uncertain == calls
        assert bounded == calls - 2  # the first round's question is known to the letter
        paid, counted = sum(server.paid.values()), server.prompt_tokens
        run(given, model)
    assert 2 * 2 * 3 < sum(server.paid.values()) - paid <= calls
    assert 0 < server.prompt_tokens - counted <= tokens
