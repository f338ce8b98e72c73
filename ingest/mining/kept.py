"""What mining keeps for the stages after it, layer by layer, in mapped files.

{folder}/{layer}/
    maximum.npy                 float32 per neuron
    non_finite.npy              int64 per neuron
    evidence_places.npy         int64 [neuron, place], -1 behind the last
    evidence_activations.npy    float32 [neuron, place]
    evidence_bounds.npy         float32 per neuron
    top_chunks.npy              int64 [neuron, rank], -1 behind the last
    top_activations.npy         float32 [neuron, rank, position]
    held_out_chunks.npy, held_out_activations.npy    in the same way

*Evidence* are places where the neuron fires: a random sample without replacement, in which a
place's weight is its activation to the power `ingest.mining.evidence.POWER`. Strong firings are all there, near-misses are
there in part. It comes from texts that are not held out, each text once, and any
first `m` of a neuron's evidence are such a sample themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32, Int64

from ingest.mining.tokens import TokenizedCorpus, open_tokens


@dataclass(frozen=True, slots=True)
class KeptLayer:
    """What is known of a layer's neurons."""

    maximum: Float32[np.ndarray, " neuron"]
    """Largest activation in the whole corpus, that of texts held out included."""
    non_finite: Int64[np.ndarray, " neuron"]
    """Activations that are no finite number; what else is said of such a neuron means nothing."""
    evidence_places: Int64[np.ndarray, "neuron place"]
    """Places in the corpus (`TokenizedCorpus`), no two alike; -1 behind the last."""
    evidence_activations: Float32[np.ndarray, "neuron place"]
    """Above zero, to five digits; 0 behind the last."""
    evidence_bounds: Float32[np.ndarray, " neuron"]
    """Lowest score of a neuron's evidence; 0 if it is every place above zero."""
    top_chunks: Int64[np.ndarray, "neuron rank"]
    """The chunks of highest peak that are built from, the highest first; -1 behind the last."""
    top_activations: Float32[np.ndarray, "neuron rank position"]
    """One per token; zero behind a chunk's end."""
    held_out_chunks: Int64[np.ndarray, "neuron held_rank"]
    """The chunks of highest peak among those held out; -1 behind the last."""
    held_out_activations: Float32[np.ndarray, "neuron held_rank position"]


@dataclass(frozen=True, slots=True)
class Kept:
    """The texts, and what is kept of each layer."""

    folder: Path
    corpus: TokenizedCorpus
    """Its `sample` and `held_out_sample` are the random texts to check against."""

    def layer(self, name: str) -> KeptLayer:
        """What is kept of the layer with this name; the arrays are mapped, not read."""
        arrays: Mapping[str, Any] = {
            field.name: np.load(self.folder / name / f"{field.name}.npy", mmap_mode="r")
            for field in fields(KeptLayer)
        }
        return KeptLayer(**arrays)


def write_layer(folder: Path, name: str, layer: KeptLayer) -> None:
    """Write what is kept of a layer."""
    (folder / name).mkdir(parents=True, exist_ok=True)
    for field in fields(KeptLayer):
        np.save(folder / name / f"{field.name}.npy", getattr(layer, field.name))


def open_kept(folder: Path, corpus: Path) -> Kept:
    """What mining wrote into its two folders."""
    return Kept(folder, open_tokens(corpus))
