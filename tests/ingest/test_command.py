"""`neurocypher ingest model` as a user runs it: what goes wrong is one line, and nothing is left."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path

import pytest

from cypher.pack import open_pack
from tests.cli import assert_failed, neurocypher, neurocypher_here
from tests.shared import model_path, narrow_model, stories_path

OFFLINE = {"HF_HUB_OFFLINE": "1"}


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty stories."""
    path = tmp_path_factory.mktemp("corpus") / "few.jsonl"
    with stories_path().open() as lines:
        path.write_text("".join(islice(lines, 30)))
    return path


def assert_nothing_left(folder: Path) -> None:
    """Neither a pack, nor a work folder, nor a temporary one."""
    assert sorted(path.name for path in folder.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "content", "options", "expected"),
    [
        ("a.jsonl", "", [], "holds no documents"),
        ("a.jsonl", '{"text": "a"}\n{"text": oops}\n', [], "line 2, column 10: not JSON"),
        ("a.jsonl", '{"story": "a"}\n', [], "line 1: no text under 'text'"),
        ("a.csv", "text\n", [], "ends in '.csv'"),
    ],
)
def test_a_corpus_that_cannot_be_read(
    tmp_path: Path, name: str, content: str, options: list[str], expected: str
) -> None:
    corpus = tmp_path / name
    corpus.write_text(content)
    out = tmp_path / "out"
    out.mkdir()
    ran = neurocypher(
        "ingest", "model", model_path(), "--corpus", corpus, "--out", out / "pack", *options
    )
    assert_failed(ran, str(corpus), expected)
    assert_nothing_left(out)


def test_a_corpus_of_empty_documents(tmp_path: Path) -> None:
    corpus = tmp_path / "a.jsonl"
    corpus.write_text('{"text": ""}\n')
    out = tmp_path / "out"
    out.mkdir()
    ran = neurocypher_here(
        "ingest", "model", model_path(), "--corpus", corpus, "--out", out / "pack"
    )
    assert_failed(ran, "holds no tokens")
    assert_nothing_left(out)


def test_no_such_model(tmp_path: Path, few: Path) -> None:
    ran = neurocypher(
        "ingest", "model", "no-such-model-anywhere", "--corpus", few, "--out", tmp_path / "pack",
        environment=OFFLINE,
    )  # fmt: skip
    assert_failed(ran, "no model 'no-such-model-anywhere'", "Name a local folder")
    assert_nothing_left(tmp_path)


def test_a_model_without_a_tokenizer(tmp_path: Path, few: Path) -> None:
    folder = tmp_path / "bare"
    folder.mkdir()
    for name in ("config.json", "model.safetensors"):
        shutil.copyfile(model_path() / name, folder / name)
    out = tmp_path / "out"
    out.mkdir()
    ran = neurocypher_here("ingest", "model", folder, "--corpus", few, "--out", out / "pack")
    assert_failed(ran, f"{folder} has no tokenizer", "tokenizer.json")
    assert_nothing_left(out)


def test_no_such_layer(tmp_path: Path, few: Path) -> None:
    ran = neurocypher_here(
        "ingest", "model", model_path(), "--corpus", few, "--out", tmp_path / "pack",
        "--layers", "7",
    )  # fmt: skip
    assert_failed(ran, "stories260K has no layer 7: it has 5, counted from 0 to 4", "--layers")
    assert_nothing_left(tmp_path)


@pytest.mark.parametrize(
    ("neurons", "expected"),
    [
        ("0-4,172", "layer 1 of stories260K has no neuron 172: it has 172, counted from 0"),
        ("3-", "'3-' names no neurons. Expected such as 17, 0-99 or 3,17,40-49."),
    ],
)
def test_no_such_neurons(tmp_path: Path, few: Path, neurons: str, expected: str) -> None:
    """It is said before anything is read or written."""
    ran = neurocypher_here(
        "ingest", "model", model_path(), "--corpus", few, "--out", tmp_path / "pack",
        "--layers", "1-2", "--neurons", neurons,
    )  # fmt: skip
    assert_failed(ran, expected)
    assert "mine" not in ran.err
    assert_nothing_left(tmp_path)


def test_a_name_that_cannot_be_an_id(tmp_path: Path, few: Path) -> None:
    ran = neurocypher(
        "ingest", "model", model_path(), "--corpus", few, "--out", tmp_path / "pack",
        "--model-id", "a/b",
    )  # fmt: skip
    assert_failed(ran, "model name 'a/b' cannot be part of an id")
    assert_nothing_left(tmp_path)


def test_the_output_is_there_already(tmp_path: Path, few: Path) -> None:
    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / "mine.txt").write_text("keep me")
    arguments = ("ingest", "model", model_path(), "--corpus", few, "--out", pack)
    assert_failed(neurocypher(*arguments), f"{pack} exists already", "--replace")
    assert_failed(neurocypher(*arguments, "--replace"), f"{pack} is no pack")
    assert (pack / "mine.txt").read_text() == "keep me"
    assert [path.name for path in tmp_path.iterdir()] == ["pack"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((), "--out"),
        (("--out", "p", "--method", "n2g-2024"), "'n2g-2024' is not one of 'n2g', 'n2g-2023'"),
        (("--out", "p", "--max-nodes", 0), "0 is not in the range x>=1"),
        (("--out", "p", "--evidence", 0), "0 is not in the range x>=1"),
    ],
)
def test_usage(options: tuple[object, ...], expected: str) -> None:
    ran = neurocypher("ingest", "model", "m", "--corpus", "c", *options)
    assert ran.status == 2
    assert expected in ran.err


def test_help_names_what_can_be_asked_for() -> None:
    ran = neurocypher("ingest", "model", "--help")
    assert ran.status == 0
    text = " ".join(ran.out.split())
    for option in (
        "--method [n2g|n2g-2023] How token graphs are made",
        "--max-nodes INTEGER RANGE Nodes of a token graph that n2g makes, at most. [default: 200;",
        "--neurons TEXT Neurons of each layer whose token graphs are made",
        "--evidence INTEGER RANGE Places to keep of each neuron where it fires",
        "--resume / --restart Go on with what an unfinished job left, or throw it away.",
    ):
        assert option in text


def test_without_the_extra(tmp_path: Path) -> None:
    """The import system is told that torch is not there: as after `pip install neurocypher`."""
    program = (
        "import sys, importlib.util as u\n"
        "found = u.find_spec\n"
        "u.find_spec = lambda name, *rest: None if name == 'torch' else found(name, *rest)\n"
        "from neurocypher.cli import main\n"
        "sys.argv = ['neurocypher', 'ingest', 'model', 'm', '--corpus', 'c', '--out', 'o']\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert done.returncode == 1
    assert done.stderr.strip() == (
        "neurocypher: reading a model needs torch, not installed here. "
        "Run: pip install 'neurocypher[model]'"
    )


def tables(pack: Path) -> dict[str, object]:
    """The files and hashes of every table but the one that tells of time."""
    return {t.name: t.files for t in open_pack(pack).manifest.tables if t.name != "IngestRun"}


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model with few neurons."""
    folder = tmp_path_factory.mktemp("model") / "narrow"
    narrow_model(folder, neurons=24)
    return folder


@pytest.fixture(scope="module")
def whole(narrow: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pack of an undisturbed job."""
    pack = tmp_path_factory.mktemp("whole") / "pack"
    ran = neurocypher_here(*job(narrow, pack))
    assert ran.status == 0, ran.err
    assert "mean F1 of firing on held-out texts" in ran.out
    assert f"neurocypher load {pack}" in ran.out
    assert [path.name for path in pack.parent.iterdir()] == ["pack"]
    return pack


def job(model: Path, pack: Path) -> tuple[object, ...]:
    return (
        "ingest", "model", model, "--corpus", stories_path(), "--out", pack,
        "--limit-documents", 100, "--layers", "0-1", "--batch-size", 4, "--threads", 1,
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    ("moment", "number"),
    [("mine: ", signal.SIGINT), ("token graphs: ", signal.SIGTERM)],
    ids=["SIGINT in mining", "SIGTERM in token graphs"],
)
def test_a_stopped_job_goes_on(
    narrow: Path, whole: Path, tmp_path: Path, moment: str, number: signal.Signals
) -> None:
    """It says how, keeps what it did, and ends with the tables of an undisturbed one."""
    pack = tmp_path / "pack"
    stopped = stop_when(moment, job(narrow, pack), number)
    assert stopped.returncode == 1
    message = stopped.stderr.strip().splitlines()[-1]
    assert message.startswith("neurocypher: stopped while "), stopped.stderr
    assert message.endswith("Give the same command again to go on.")
    assert [path.name for path in tmp_path.iterdir()] == ["pack.work"]

    other = neurocypher_here(*job(narrow, pack), "--top-k", 7)
    assert_failed(other, "unfinished work of another job", "top_k", "--restart")

    again = neurocypher(*job(narrow, pack))
    assert again.status == 0, again.err
    assert ("mining goes on" in again.err) or ("mine is done" in again.err)
    assert tables(pack) == tables(whole)
    assert [path.name for path in tmp_path.iterdir()] == ["pack"]


def stop_when(
    line: str, arguments: tuple[object, ...], number: signal.Signals
) -> subprocess.CompletedProcess[str]:
    """Run the job, send it a signal once its log begins a line so, and wait for its end."""
    with subprocess.Popen(
        [sys.executable, "-m", "neurocypher", *map(str, arguments)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ),
    ) as process:  # fmt: skip
        assert process.stderr is not None
        said = []
        for text in process.stderr:
            said.append(text)
            if text.startswith(line):
                break
        time.sleep(0.2)
        process.send_signal(number)
        rest = process.stderr.read()
    return subprocess.CompletedProcess(process.args, process.returncode, "", "".join(said) + rest)


@pytest.mark.slow
def test_some_neurons_as_published(tmp_path: Path, few: Path) -> None:
    """What was asked for stands in the run; the stages behind take the graphs as they are."""
    pack = tmp_path / "pack"
    ran = neurocypher(
        "ingest", "model", model_path(), "--corpus", few, "--out", pack, "--layers", "1",
        "--method", "n2g-2023", "--neurons", "0-4", "--max-nodes", 9, "--evidence", 50,
    )  # fmt: skip
    assert ran.status == 0, ran.err
    assert "167 without token_graph: not among the neurons that were asked for" in ran.out
    found = open_pack(pack)
    found.verify()
    runs = {run["job"]: run for run in found.table("IngestRun").to_pylist()}
    assert runs["token-graphs"]["source"] == "n2g-2023"
    settings = json.loads(runs["token-graphs"]["settings"])
    asked = (settings["method"], settings["neurons"], settings["max_nodes"])
    assert asked == ("n2g-2023", "0-4", 9)
    assert json.loads(runs["mine"]["settings"])["evidence"] == 50
    graphs = found.table("TokenGraph").to_pylist()
    assert {row["source"] for row in graphs} == {"n2g-2023"}
    assert 0 < len(graphs) <= 5
    firing = {row["source"] for row in found.table("ACTIVATES_ON").to_pylist()}
    assert firing == {row["neuron_id"] for row in graphs}


@pytest.mark.slow
def test_a_killed_job_goes_on(narrow: Path, whole: Path, tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    stop_when("token graphs: ", job(narrow, pack), signal.SIGKILL)
    assert [path.name for path in tmp_path.iterdir()] == ["pack.work"]
    again = neurocypher(*job(narrow, pack))
    assert again.status == 0, again.err
    assert "mine is done" in again.err
    assert tables(pack) == tables(whole)
