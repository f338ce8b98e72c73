"""What a job over a model and a corpus is asked for, and what its runs are known by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cypher import ids
from cypher.schema import OWN_SOURCE
from ingest.layers import NeuronLayer
from ingest.sentence import EXPLAINER, VERSION
from ingest.similarity import KEPT, MEASURE
from ingest.weights import KEPT as KEPT_WEIGHTS

MINE_VERSION = 2
"""Raised whenever the same inputs would give other examples or statistics."""
GRAPH_VERSION = 2
"""Raised whenever the same examples would give other token graphs."""
SIMILARITY_VERSION = 1
"""Raised whenever the same token graphs would give other similarities."""
WEIGHTS_VERSION = 1
"""Raised whenever the same model would give other weights between neurons and tokens."""


_TOKENS_AT_ONCE = 4096
"""Tokens per batch: enough to keep a CPU busy, few enough for the memory of a laptop."""


def batch_size_for(context_length: int) -> int:
    """Texts per batch, for texts of this many tokens.

    The same on every machine: which texts share a batch is part of what a run is known by.
    """
    return max(1, _TOKENS_AT_ONCE // context_length)


_MOST_EVIDENCE = 4096
_EVIDENCE_BYTES = 2 << 30
_PLACE_BYTES = 12
"""Of a place where a neuron fires, and the room to put in others."""


def evidence_for(n_neurons: int) -> int:
    """Places per neuron where it fires: as many as token graphs gain from, within 2 GiB."""
    return max(16, min(_MOST_EVIDENCE, _EVIDENCE_BYTES // (_PLACE_BYTES * max(n_neurons, 1))))


@dataclass(frozen=True, slots=True)
class Settings:
    """What `ingest model` is asked for."""

    model: str
    """A name that transformer-lens knows, or a local folder."""
    corpus: Path
    output: Path
    """Where the pack is to stand."""
    layers: str | None = None
    """Such as `0-4` or `0,6-res-jb`; if None, all autoencoders, or all MLPs without any."""
    saes: Sequence[Path] = ()
    """Folders of sparse autoencoders."""
    model_id: str | None = None
    """What the model is called in the graph; the last part of `model` if None."""
    top_k: int = 20
    """Examples per neuron."""
    context_length: int = 128
    """Tokens per chunk, without the one that begins a text."""
    batch_size: int = 32
    """Chunks that the model reads at once."""
    device: str = "cpu"
    dtype: str = "float32"
    """What the model computes in: float32, bfloat16 or float16."""
    text_field: str = "text"
    limit_documents: int | None = None
    sample_size: int = 1024
    """Chunks of the random sample that token graphs are checked against."""
    evidence: int | None = None
    """Places kept of each neuron where it fires: what token graphs are built from. If None, as
    many as `evidence_for` says."""
    workers: int = 1
    """Processes that the corpus is divided among."""
    method: str = "n2g"
    """How token graphs are made: `n2g`, or `n2g-2023`, which is N2G as it was published."""
    max_nodes: int = 200
    """Nodes of a token graph that `n2g` makes, at most; `n2g-2023` knows no such limit."""
    neurons: str | None = None
    """Neurons whose token graphs are made, such as `0-99` or `3,17`; all if None."""
    block_bytes: int = 1 << 27
    """Memory for a block of products of weights; it changes nothing that is written."""
    replace: bool = False
    """Whether a pack that stands there is replaced."""
    restart: bool = False
    """Whether unfinished work is thrown away."""

    def evidence_of(self, layers: Sequence[NeuronLayer]) -> int:
        """Places kept of each of these layers' neurons."""
        return self.evidence or evidence_for(sum(layer.n_neurons for layer in layers))

    @property
    def graph_model_id(self) -> str:
        """The model's id in the graph. Raises IdError if it cannot be one."""
        name = self.model_id or self.model.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
        return ids.model_id(name)


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage's run: its id follows from all that goes into it."""

    job: str
    source: str
    inputs: Mapping[str, object]

    @property
    def run_id(self) -> str:
        """The id of the stage's `IngestRun`."""
        return ids.run_id(self.job, self.source, self.inputs)


@dataclass(frozen=True, slots=True)
class Plan:
    """The stages of a job."""

    mine: Stage
    token_graphs: Stage
    similarity: Stage
    explain: Stage
    weights: Stage

    @property
    def inputs(self) -> dict[str, object]:
        """All that the job was asked for, without the ids of its runs."""
        parts = (self.mine, self.token_graphs, self.similarity, self.explain, self.weights)
        return {
            f"{stage.job} {name}": value
            for stage in parts
            for name, value in stage.inputs.items()
            if name != "runs"
        }


def plan(
    settings: Settings,
    *,
    fingerprint: str,
    corpus_sha256: str,
    layers: Sequence[NeuronLayer],
    saes: Mapping[str, str] | None = None,
) -> Plan:
    """What each stage of the job is known by: content and settings, never time, machine or path.

    `saes` are fingerprints of the chosen layers' autoencoders, by layer name.
    """
    model = settings.graph_model_id
    mine = Stage(
        "mine",
        OWN_SOURCE,
        {
            "version": MINE_VERSION,
            "model_id": model,
            "model": fingerprint,
            "corpus": f"sha256:{corpus_sha256}",
            "text_field": settings.text_field,
            "limit_documents": settings.limit_documents,
            "layers": [layer.name for layer in layers],
            "top_k": settings.top_k,
            "context_length": settings.context_length,
            "batch_size": settings.batch_size,
            "sample_size": settings.sample_size,
            "evidence": settings.evidence_of(layers),
            "dtype": settings.dtype,
            "saes": dict(saes or {}),
        },
    )
    graphs = Stage(
        "token-graphs",
        settings.method,
        {
            "version": GRAPH_VERSION,
            "runs": [mine.run_id],
            "method": settings.method,
            "max_nodes": settings.max_nodes,
            "neurons": settings.neurons,
        },
    )
    similar = Stage(
        "similarity",
        "shared-tokens",
        {
            "version": SIMILARITY_VERSION,
            "runs": [graphs.run_id],
            "measure": MEASURE,
            "kept": KEPT,
        },
    )
    explained = Stage(
        "explain",
        EXPLAINER,
        {"prompt_version": VERSION, "runs": [graphs.run_id]},
    )
    weights = Stage(
        "weights",
        "model",
        {
            "version": WEIGHTS_VERSION,
            "model_id": model,
            "model": fingerprint,
            "layers": [layer.name for layer in layers],
            "dtype": settings.dtype,
            "saes": dict(saes or {}),
            "kept": KEPT_WEIGHTS,
        },
    )
    return Plan(mine, graphs, similar, explained, weights)
