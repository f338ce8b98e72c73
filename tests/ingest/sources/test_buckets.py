"""What lies in a bucket, asked of a real S3 server by the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cypher.pack import Pack, open_pack
from tests.bucket.server import Bucket, running_bucket
from tests.cli import Ran, assert_failed, neurocypher
from tests.ingest.sources.exports import MODEL, SOURCE, export
from tests.ingest.sources.importing import by_id, imported, rows, written
from tests.ingest.sources.test_archives import contents
from tests.ingest.sources.test_openai import FILES, record

OPENAI = "neuron-explainer/data"


def _files(folder: Path, prefix: str) -> dict[str, bytes]:
    return {
        f"{prefix}/{path.relative_to(folder).as_posix()}": path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bucket]:
    """OpenAI's layout, with neurons 1, 2 and 9 of layer 1, and Neuronpedia's."""
    folder = tmp_path_factory.mktemp("published")
    more = {
        f"data/collated-activations/1/{n}.json": record(
            neuron_id={"layer_index": 1, "neuron_index": n}
        )
        for n in (2, 9)
    }
    written(folder / "openai", {**FILES, **more})
    export(folder, [1, 2, 3, 10])
    with running_bucket() as made:
        made.put(_files(folder / "openai" / "data", OPENAI))
        made.put(_files(folder / "v1", "v1"))
        yield made


def _ingest(bucket: Bucket, path: str, folder: Path, *options: str, anonymous: bool = False) -> Ran:
    format_ = "openai" if path.startswith("neuron-explainer") else "neuronpedia"
    environment = bucket.environment | ({} if anonymous else bucket.credentials)
    return neurocypher(
        "ingest", format_, f"{bucket.url}/{path}", "--out", folder / "pack", "--cache",
        folder / "cache", *options, environment=environment,
    )  # fmt: skip


def _pack(ran: Ran, folder: Path) -> Pack:
    assert ran.status == 0, ran
    pack = open_pack(folder / "pack")
    pack.verify()
    return pack


def test_only_what_is_asked_for_is_fetched_and_once(bucket: Bucket, tmp_path: Path) -> None:
    options = ("--layers", "1", "--neurons", "1-2")
    before = len(bucket.answered())
    pack = _pack(_ingest(bucket, OPENAI, tmp_path, *options), tmp_path)
    asked = bucket.answered()[before:]
    assert sorted(asked) == sorted({key for key in asked if key.startswith(OPENAI)})
    assert not [key for key in asked if "/1/1." not in key and "/1/2." not in key]
    assert {"gpt2-xl/1/1", "gpt2-xl/1/2"} <= by_id(pack, "Neuron").keys()
    assert {row["source"] for row in rows(pack, "HAS_EXAMPLE")} == {"gpt2-xl/1/1", "gpt2-xl/1/2"}
    before = len(bucket.answered())
    again = _pack(_ingest(bucket, OPENAI, tmp_path, *options, "--replace"), tmp_path)
    assert bucket.answered()[before:] == []
    assert contents(again) == contents(pack)


def test_an_import_that_failed_goes_on_where_it_was(bucket: Bucket, tmp_path: Path) -> None:
    kind = "related-neurons/weight-based"  # read after the activations
    good = json.dumps({"c_fc": None, "c_proj": None}).encode()
    folder = f"broken/{kind}"
    local = {f"collated-activations/1/{n}.json": record(
        neuron_id={"layer_index": 1, "neuron_index": n}) for n in (1, 2)}  # fmt: skip
    bucket.put({f"broken/{name}": json.dumps(content).encode() for name, content in local.items()})
    bucket.put({f"{folder}/1/1.json": b"{"})
    environment = bucket.environment | bucket.credentials
    command = ("ingest", "openai", f"{bucket.url}/broken", "--out", tmp_path / "pack", "--cache",
               tmp_path / "cache")  # fmt: skip
    assert_failed(neurocypher(*command, environment=environment), f"{kind}/1/1.json", "no JSON")
    assert not (tmp_path / "pack").exists()
    assert (tmp_path / "pack.work").exists()
    [bad] = (tmp_path / "cache").rglob("related-neurons/weight-based/1/1.json")
    bad.unlink()
    bucket.put({f"{folder}/1/1.json": good})
    before = len(bucket.answered())
    pack = _pack(neurocypher(*command, environment=environment), tmp_path)
    assert bucket.answered()[before:] == [f"{folder}/1/1.json"]
    whole = written(tmp_path / "local", {**local, f"{kind}/1/1.json": good})
    assert contents(pack) == contents(imported("openai", whole, tmp_path / "plain"))


def test_an_open_bucket_needs_no_credentials(bucket: Bucket, tmp_path: Path) -> None:
    ran = _ingest(bucket, f"v1/{MODEL}", tmp_path, "--layers", SOURCE, anonymous=True)
    plain = imported("neuronpedia", export(tmp_path / "local", [1, 2, 3, 10]), tmp_path / "plain")
    assert contents(_pack(ran, tmp_path)) == contents(plain)


def test_what_is_not_there_is_said(bucket: Bucket, tmp_path: Path) -> None:
    ran = _ingest(bucket, "neuron-explainer/none", tmp_path)
    assert_failed(ran, f"{bucket.url}/neuron-explainer/none: found no file of what is wanted")
    wrong = {"AWS_ACCESS_KEY_ID": "wrong"}
    ran = neurocypher(
        "ingest", "openai", f"{bucket.url}/{OPENAI}", "--out", tmp_path / "pack",
        environment=bucket.environment | bucket.credentials | wrong,
    )  # fmt: skip
    assert_failed(ran, "cannot be listed", "AWS_ACCESS_KEY_ID")
