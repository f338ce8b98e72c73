"""From the state of mining to what later stages read."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ingest.layers import NeuronLayer
from ingest.mining.evidence import activations_of, evidence_of
from ingest.mining.kept import KeptLayer, write_layer
from ingest.mining.moments import Moments
from ingest.mining.ranked import texts_of
from ingest.mining.state import MiningState
from ingest.mining.tokens import TokenizedCorpus


def write_kept(
    folder: Path,
    found: MiningState,
    statistics: Moments,
    *,
    corpus: TokenizedCorpus,
    layers: Sequence[NeuronLayer],
) -> None:
    """Write what is kept of each layer: the folder is whole or absent."""
    temporary = folder.with_name(f".{folder.name}.tmp")
    for left in (temporary, folder):
        shutil.rmtree(left, ignore_errors=True)
    for layer in layers:
        write_layer(temporary, layer.name, _kept(found, statistics, corpus, layer))
    temporary.rename(folder)


def _kept(
    found: MiningState, statistics: Moments, corpus: TokenizedCorpus, layer: NeuronLayer
) -> KeptLayer:
    own = found.neurons(layer)
    moments = statistics.of(own)
    evidence = evidence_of(found.found, found.sizes.evidence, own)
    top, held_out = (texts_of(found.lists, name, own) for name in ("top", "held_out"))
    return KeptLayer(
        maximum=np.where(moments.known, moments.maximum, 0).astype(np.float32),
        non_finite=moments.non_finite,
        evidence_places=evidence.places,
        evidence_activations=activations_of(evidence, corpus),
        evidence_bounds=evidence.bounds,
        top_chunks=top.chunks,
        top_activations=top.activations,
        held_out_chunks=held_out.chunks,
        held_out_activations=held_out.activations,
    )
