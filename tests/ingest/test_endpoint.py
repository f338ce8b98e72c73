"""The endpoint through the real client and real sockets: limits, trouble, money, and never twice."""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from ingest.endpoint.counting import TokenCounter
from ingest.endpoint.endpoint import Endpoint, endpoint_key
from ingest.endpoint.journal import Journal
from ingest.endpoint.settings import EndpointSettings, Price, parse_price
from ingest.errors import BudgetError, EndpointError, InterruptedJobError
from ingest.explaining import answers, prompting
from ingest.explaining.answers import Answer
from ingest.explaining.prompting import Prompt
from ingest.stop import Stop
from tests.endpoint import KEY, Chaos, LocalEndpoint, running_endpoint
from tests.shared import model_path

TOKENIZER = str(model_path() / "tokenizer.json")


def _settings(server: LocalEndpoint, folder: Path, **other: Any) -> EndpointSettings:
    given = {"timeout": 3.0, "tokenizer": TOKENIZER, **other}
    return EndpointSettings("a-model", server.url, KEY, folder, **given)


def _prompts(count: int) -> list[Prompt]:
    return [prompting.simulate("1", f"sentence {n}", ["a", " b", "\n"]) for n in range(count)]


def ask(
    settings: EndpointSettings, prompts: Sequence[Prompt], stop: Stop | None = None
) -> tuple[list[Answer | BaseException], Endpoint]:
    """All answers at once, or what was raised instead."""

    async def asked() -> tuple[list[Answer | BaseException], Endpoint]:
        with Journal(settings.answers) as journal:
            overhead = journal.overhead(endpoint_key(settings))
            counter = TokenCounter(settings.tokenizer, overhead)
            endpoint = Endpoint(settings, journal, counter, stop or Stop())
            try:
                waiting = (endpoint.ask(prompt) for prompt in prompts)
                found = await asyncio.gather(*waiting, return_exceptions=True)
            finally:
                await endpoint.close()
            return list(found), endpoint

    return asyncio.run(asked())


def _said(found: Sequence[Answer | BaseException]) -> list[Answer]:
    for one in found:
        if isinstance(one, BaseException):
            raise one
    return [one for one in found if isinstance(one, Answer)]


def test_an_answer_is_paid_for_once(tmp_path: Path) -> None:
    prompts = _prompts(5)
    with running_endpoint(LocalEndpoint()) as server:
        settings = _settings(server, tmp_path)
        first, endpoint = ask(settings, [*prompts, *prompts])  # at once, and again later
        again, later = ask(settings, prompts)
    assert _said(first) == [*_said(again), *_said(again)]
    assert set(server.paid.values()) == {1}
    assert (len(server.paid), endpoint.tally.calls, later.tally.calls) == (5, 5, 0)
    assert later.tally.reused == 5
    expected = [answers.activations(answer, 3) for answer in _said(first)]
    assert len({tuple(values) for values in expected}) > 1


def test_tokens_are_counted_as_the_server_counts(tmp_path: Path) -> None:
    prompts = _prompts(4)
    with running_endpoint(LocalEndpoint(overhead=17)) as server:
        settings = _settings(server, tmp_path)
        _, endpoint = ask(settings, prompts[:1])
        with Journal(tmp_path) as journal:
            counter = TokenCounter(TOKENIZER, journal.overhead(endpoint_key(settings)))
        before = server.prompt_tokens
        _, endpoint = ask(settings, prompts[1:])
    assert sum(counter.prompt(prompt) for prompt in prompts[1:]) == server.prompt_tokens - before
    assert endpoint.tally.prompt_tokens == server.prompt_tokens - before
    assert TokenCounter(TOKENIZER).prompt(prompts[0]) + 6 == counter.prompt(prompts[0])
    bounded = TokenCounter(None)
    assert not bounded.exact
    assert bounded.prompt(prompts[0]) > counter.prompt(prompts[0])


_ENCODING = """
import base64

def tiny():
    bytes_ = {bytes([n]): n for n in range(256)}
    return {"name": "tiny", "pat_str": r"(?s)[a-z]+|.", "special_tokens": {"<|end|>": 999},
            "mergeable_ranks": {**bytes_, b"se": 256, b"nt": 257, b"sent": 258}}

ENCODING_CONSTRUCTORS = {"tiny": tiny}
"""
_COUNT = """
import sys
from ingest.endpoint.counting import TokenCounter
from ingest.explaining import prompting
print(TokenCounter(sys.argv[1]).content(prompting.sentences("1", "sent <|end|>")))
"""


def _counted(encoding: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Tokens of a prompt, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", _COUNT, encoding], capture_output=True, text=True, check=False,
        env={**os.environ, **environment}, timeout=120,
    )  # fmt: skip


def test_an_encoding_of_tiktoken_counts(tmp_path: Path) -> None:
    """One of a plugin, for those of OpenAI have to be fetched; tiktoken is the real one."""
    (tmp_path / "tiktoken_ext").mkdir()
    (tmp_path / "tiktoken_ext" / "tiny.py").write_text(_ENCODING)
    ran = _counted("tiny", PYTHONPATH=f"{tmp_path}:{Path.cwd()}")
    assert ran.returncode == 0, ran.stderr
    prompt = prompting.sentences("1", "sent <|end|>")
    text = prompt.instructions + prompt.material
    assert prompt.material == 'Sentence: "sent <|end|>"'  # which ends nothing
    letters = len(text.encode())
    merged = {pair: text.count(pair) for pair in ("se", "nt", "sent")}
    assert int(ran.stdout) == letters - merged["se"] - merged["nt"] - merged["sent"]


def test_an_encoding_that_cannot_be_fetched_is_said_so(tmp_path: Path) -> None:
    nowhere = "http://127.0.0.1:9"  # the port of a service that throws away what it gets
    ran = _counted("o200k_base", TIKTOKEN_CACHE_DIR=str(tmp_path), HTTPS_PROXY=nowhere,
                   https_proxy=nowhere)  # fmt: skip
    assert "tiktoken has not the file of its encoding 'o200k_base' here" in ran.stderr
    assert "TIKTOKEN_CACHE_DIR" in ran.stderr


@pytest.mark.parametrize("name", ["nothing/tokenizer.json", "no-such-encoding"])
def test_a_tokenizer_that_is_not_there_is_named(name: str) -> None:
    with pytest.raises(EndpointError, match=name):
        TokenCounter(name)


def test_a_file_that_is_no_tokenizer_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{}")
    with pytest.raises(EndpointError, match=r"x\.json is no tokenizer"):
        TokenCounter(str(tmp_path / "x.json"))


@pytest.mark.parametrize(
    ("logprobs", "structured"), list(itertools.product([True, False], [True, False]))
)
def test_what_an_endpoint_can_do_is_found_out_once(
    tmp_path: Path, *, logprobs: bool, structured: bool
) -> None:
    with running_endpoint(LocalEndpoint(logprobs=logprobs, structured=structured)) as server:
        settings = _settings(server, tmp_path)
        _said(ask(settings, _prompts(6))[0])
        refused = 2 - logprobs - structured
        assert len(server.arrivals) == 6 + refused
        _said(ask(settings, [*_prompts(8), prompting.sentences("1", "x")])[0])
        assert len(server.arrivals) == 6 + refused + 3
        with Journal(tmp_path) as journal:
            abilities = journal.abilities(endpoint_key(settings))
    assert (abilities["logprobs"], abilities["structured"]) == (logprobs, structured)
    assert all(("response_format" in body) == structured for body in server.seen)
    assert {body.get("top_logprobs") for body in server.seen[:6]} == {20 if logprobs else None}
    assert set(server.paid.values()) == {1}


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_trouble_changes_no_answer_and_is_not_paid_for_twice(tmp_path: Path, seed: int) -> None:
    prompts = _prompts(60)
    with running_endpoint(LocalEndpoint()) as server:
        quiet = _said(ask(_settings(server, tmp_path / "quiet"), prompts)[0])
    with running_endpoint(LocalEndpoint(chaos=Chaos(0.3, seed))) as server:
        found = _said(ask(_settings(server, tmp_path / "chaos", concurrency=32), prompts)[0])
        assert server.chaos is not None
        assert set(server.chaos.caused) == {
            "429", "500", "closed", "timeout", "truncated", "malformed"
        }  # fmt: skip
    assert found == quiet
    assert len(server.paid) == 60
    assert set(server.paid.values()) == {1}


def test_the_server_says_when_to_come_again(tmp_path: Path) -> None:
    class Busy(Chaos):
        def trouble(self, request: str) -> str | None:
            self.attempts[request] += 1
            return "429" if self.attempts[request] == 1 else None

    with running_endpoint(LocalEndpoint(chaos=Busy(1.0), retry_after=1.5)) as server:
        _said(ask(_settings(server, tmp_path), _prompts(1))[0])
    assert server.arrivals[1] - server.arrivals[0] >= 1.5


def test_no_more_requests_than_allowed_are_under_way(tmp_path: Path) -> None:
    with running_endpoint(LocalEndpoint(seconds=0.05)) as server:
        _said(ask(_settings(server, tmp_path, concurrency=3), _prompts(12))[0])
    assert server.most_under_way == 3


def test_requests_and_tokens_keep_their_pace(tmp_path: Path) -> None:
    with running_endpoint(LocalEndpoint()) as server:
        settings = _settings(server, tmp_path / "a", requests_per_minute=1200.0)
        _said(ask(settings, _prompts(11))[0])
        requests = server.arrivals[-1] - server.arrivals[0]
        begin = len(server.arrivals)
        prompts = _prompts(6)
        tokens = TokenCounter(TOKENIZER).prompt(prompts[0]) + prompts[0].max_tokens
        settings = _settings(server, tmp_path / "b", tokens_per_minute=tokens * 600.0)
        _said(ask(settings, prompts)[0])
    assert requests >= 10 * 0.05 * 0.8  # the first waits for what the endpoint can do
    assert server.arrivals[-1] - server.arrivals[begin] >= 5 * 0.1 * 0.7


def test_the_budget_is_never_passed_and_what_is_kept_is_counted(tmp_path: Path) -> None:
    prompts, price = _prompts(40), Price(1.0, 4.0)
    with running_endpoint(LocalEndpoint()) as server:
        budget = 0.004
        settings = _settings(server, tmp_path, price=price, budget=budget)
        found, endpoint = ask(settings, prompts)
        done = [one for one in found if isinstance(one, Answer)]
        left = {str(one) for one in found if isinstance(one, BaseException)}
        assert 0 < len(done) < 40
        assert all("the budget of $0.004 could be passed" in message for message in left)
        assert server.cost(1.0, 4.0) <= budget
        assert endpoint.purse.spent == pytest.approx(server.cost(1.0, 4.0))
        with pytest.raises(BudgetError):
            _said(ask(settings, prompts)[0])
        assert server.cost(1.0, 4.0) <= budget  # also not by coming again
        _said(ask(_settings(server, tmp_path, price=price, budget=1.0), prompts)[0])
    assert set(server.paid.values()) == {1}
    assert len(server.paid) == 40


def test_a_price_is_two_numbers() -> None:
    assert parse_price("0.15,0.60").of(2_000_000, 1_000_000) == pytest.approx(0.9)
    for wrong in ("", "1", "1,2,3", "a,b", "-1,2", "1,inf"):
        with pytest.raises(EndpointError, match="price"):
            parse_price(wrong)


def test_half_an_answer_is_cut_off_and_a_damaged_one_is_named(tmp_path: Path) -> None:
    with running_endpoint(LocalEndpoint()) as server:
        settings = _settings(server, tmp_path)
        _said(ask(settings, _prompts(3))[0])
        path = tmp_path / "answers.jsonl"
        whole = path.read_bytes()
        path.write_bytes(whole[:-20])
        _said(ask(settings, _prompts(3))[0])
        assert sorted(server.paid.values()) == [1, 1, 2]
        assert sorted(path.read_bytes().splitlines()) == sorted(whole.splitlines())
        path.write_bytes(b"{}\n" + whole)
        with pytest.raises(EndpointError, match=r"answers\.jsonl line 1 is no answer"):
            Journal(tmp_path)


def test_a_stop_lets_what_is_under_way_come_home(tmp_path: Path) -> None:
    with running_endpoint(LocalEndpoint(seconds=0.5)) as server:
        settings, stop = _settings(server, tmp_path, concurrency=4, timeout=5.0), Stop()

        async def stopped() -> None:
            with Journal(tmp_path) as journal:
                endpoint = Endpoint(settings, journal, TokenCounter(TOKENIZER), stop)
                await endpoint.ask(_prompts(1)[0])
                asked = [asyncio.create_task(endpoint.ask(p)) for p in _prompts(20)[1:]]
                await asyncio.sleep(0.2)
                stop.requested = True
                await endpoint.close()
                done = await asyncio.gather(*asked, return_exceptions=True)
                kinds = [type(one) for one in done]
                assert kinds.count(Answer) == 4
                assert kinds.count(InterruptedJobError) == 15
                assert len(journal) == 5

        asyncio.run(stopped())
    assert len(server.paid) == 5


def test_the_key_is_nowhere(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), running_endpoint(LocalEndpoint()) as server:
        settings = _settings(server, tmp_path)
        assert KEY not in repr(settings)
        _said(ask(settings, _prompts(2))[0])
        wrong = EndpointSettings("m", server.url, f"{KEY}-wrong", tmp_path, timeout=1.0)
        (found,), _ = ask(wrong, _prompts(1))
        assert isinstance(found, EndpointError)
        assert "does not accept the key in OPENAI_API_KEY" in str(found)
        assert KEY not in str(found)
        gone = _settings(server, tmp_path, retries=0)
    (found,), _ = ask(gone, [prompting.sentences("1", "new")])
    assert "cannot be reached" in str(found)
    assert KEY not in caplog.text
    assert all(KEY not in path.read_text() for path in tmp_path.rglob("*") if path.is_file())


def test_two_processes_do_not_share_a_folder(tmp_path: Path) -> None:
    program = "import sys, pathlib; from ingest.endpoint.journal import Journal; Journal(pathlib.Path(sys.argv[1]))"
    with Journal(tmp_path):
        ran = subprocess.run(
            [sys.executable, "-c", program, tmp_path], capture_output=True, text=True, check=False
        )
    assert "another process keeps its answers" in ran.stderr


def test_an_endpoint_that_speaks_something_else_is_said_so(tmp_path: Path) -> None:
    with running_endpoint(LocalEndpoint(rule=lambda *_: {"explanation": "x"})) as server:
        begin = time.monotonic()
        wrong = EndpointSettings("m", server.url.removesuffix("/v1"), KEY, tmp_path, timeout=1.0)
        (found,), _ = ask(wrong, _prompts(1))
        assert isinstance(found, EndpointError)
        assert "knows no model 'm', or is no OpenAI-compatible endpoint" in str(found)
    assert time.monotonic() - begin < 5
