"""A model of another family: GPT-2's MLP without a gate, byte-level pieces, no token that begins a text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

from cypher import ids
from cypher.pack import Pack, open_pack
from ingest.jobs.inputs import open_inputs
from ingest.jobs.pipeline import ingest_model
from ingest.jobs.settings import Settings
from ingest.jobs.summary import summary
from ingest.mining.chunks import Document
from ingest.progress import Silent
from ingest.stop import Stop
from ingest.subject import boot

SILENT = 5
"""A neuron that cannot fire."""
EMOJI = "She said 😀 and é."


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory, stories: list[Document]) -> Path:
    """A folder with a random two-layer GPT-2 with ReLU, in whose layer 1 one neuron is dead."""
    folder = tmp_path_factory.mktemp("tiny-gpt2")
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=400, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator([document.text for document in stories], trainer)
    fast: Any = PreTrainedTokenizerFast
    fast(tokenizer_object=tokenizer).save_pretrained(folder)
    torch.manual_seed(0)
    config = GPT2Config(
        vocab_size=400, n_positions=48, n_embd=16, n_layer=2, n_head=2,
        activation_function="relu", bos_token_id=None, eos_token_id=None,
    )  # fmt: skip
    network: Any = GPT2LMHeadModel(config)
    with torch.no_grad():
        network.transformer.h[1].mlp.c_fc.weight[:, SILENT] = 0
        network.transformer.h[1].mlp.c_fc.bias[SILENT] = -1
    network.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def pack(model: Path, stories: list[Document], tmp_path_factory: pytest.TempPathFactory) -> Pack:
    folder = tmp_path_factory.mktemp("ingested")
    corpus = folder / "stories.txt"
    corpus.write_text("\n\n".join([*(d.text.replace("\n\n", "\n") for d in stories), EMOJI]))
    settings = Settings(
        str(model), corpus, folder / "pack", model_id="tiny", context_length=48, top_k=4
    )
    ingest_model(settings, open_inputs(settings), progress=Silent(), stop=Stop())
    found = open_pack(settings.output)
    found.verify()
    return found


def test_activations_are_those_of_the_plain_model(model: Path) -> None:
    subject = boot(str(model), "cpu")
    assert subject.begin is None
    assert (subject.shape.family, subject.shape.d_mlp) == ("gpt2", 64)
    tokens = torch.tensor(subject.encode(["She said that she was happy."]))
    plain: Any = GPT2LMHeadModel.from_pretrained(model)
    kept: list[torch.Tensor] = []
    for block in plain.transformer.h:
        block.mlp.act.register_forward_hook(lambda _, __, value: kept.append(value.detach()))
    plain(tokens)
    for layer, found in subject.activations(tokens, subject.layers).items():
        torch.testing.assert_close(found, kept[int(layer)], rtol=1e-4, atol=1e-6)


def test_byte_level_pieces_keep_spaces_and_bytes(pack: Pack, model: Path) -> None:
    subject = boot(str(model), "cpu")
    [tokens] = subject.encode([EMOJI])
    texts = [subject.texts[token] for token in tokens]
    assert " " + "said" in "".join(texts)
    assert [text for text in texts if text.startswith("<0x")]
    assert "\u0120" not in "".join(subject.texts)
    assert not any("\u0120" in row["text"] for row in pack.table("Sequence").to_pylist())


def test_token_graphs_are_judged_on_both_kinds_of_text(pack: Pack) -> None:
    rows = pack.table("TokenGraph").to_pylist()
    assert len(rows) > 100
    for prefix in ("", "random_"):
        scores = [row[f"{prefix}f1"] for row in rows if row[f"{prefix}support"]]
        assert len(scores) > len(rows) / 2
        assert all(0 <= score <= 1 for score in scores)
        assert {row[f"{prefix}f1"] for row in rows if not row[f"{prefix}support"]} <= {None}


def test_token_graphs_name_spaces_and_bytes(pack: Pack, model: Path) -> None:
    """As the texts of the tokens, of which every node but those that ignore has some."""
    texts = set(boot(str(model), "cpu").texts)
    matched = pack.table("MATCHES").to_pylist()
    assert {row["target"] for row in matched} <= texts
    assert any(row["target"].startswith(" ") for row in matched)
    assert {row["source"] for row in matched} == {
        row["id"] for row in pack.table("TokenGraphNode").to_pylist() if row["kind"] != "ignore"
    }


def test_a_silent_neuron_lacks_everything(pack: Pack) -> None:
    neuron = ids.neuron_id("tiny", 1, SILENT)
    lacks = {
        (row["kind"], row["reason"])
        for row in pack.table("LACKS").to_pylist()
        if row["source"] == neuron
    }
    assert lacks == {
        ("examples", "never fires"),
        ("token_graph", "never fires"),
        ("similarity", "has no token graph"),
        ("explanation", "has no token graph"),
    }
    for table in ("HAS_EXAMPLE", "HAS_TOKEN_GRAPH", "SIMILAR_TO", "HAS_EXPLANATION"):
        assert neuron not in pack.table(table).column("source").to_pylist()
    [row] = [row for row in pack.table("Neuron").to_pylist() if row["id"] == neuron]
    assert (row["max_activation"], row["density"]) == (0, 0)
    assert row["skewness"] is None
    runs = {row["id"]: row["job"] for row in pack.table("IngestRun").to_pylist()}
    for row in pack.table("COVERS").to_pylist():
        missing = [
            lack
            for lack in pack.table("LACKS").to_pylist()
            if lack["target"] == row["source"] and lack["source"].startswith(row["target"] + "/")
        ]
        assert len(missing) == row["n_absent"], runs[row["source"]]
        assert row["n_present"] + row["n_absent"] == 64


def test_the_summary_names_what_is_in_it(pack: Pack) -> None:
    text = summary(pack.path)
    n_silent = sum(row["kind"] == "examples" for row in pack.table("LACKS").to_pylist())
    assert f"128 neurons; {pack.rows('TokenGraph')} token graphs" in text
    dead = [line.split()[-1] for line in text.splitlines() if line.split()[:1] == ["all"]]
    assert dead == [f"{n_silent}"]
    assert f"neurocypher load {pack.path}" in text
