"""Reduced where the model computes, the same is found as by the compiled loops."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ingest.layers import NeuronLayer
from ingest.mining.batches import Batch
from ingest.mining.evidence import evidence_of, weights_of
from ingest.mining.intake import Intake
from ingest.mining.on_device import scan_on_device
from ingest.mining.ranked import BUILT, HELD_OUT, LISTS, REPEATED, SAMPLED, texts_of
from ingest.mining.state import MiningState, Sizes, fresh
from ingest.mining.sums import moments_of

LAYERS = tuple(NeuronLayer(str(at), at, "mlp", "hook", 70) for at in range(2))
LENGTH, OFFSET = 21, 1
DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]


def batches() -> list[tuple[Batch, dict[str, np.ndarray]]]:
    chance = np.random.default_rng(1)
    found = []
    for number in range(5):
        lengths = np.sort(chance.integers(1, LENGTH + 1, 9))[::-1].astype(np.int64)
        chunks = chance.permutation(9) + 9 * number
        kinds = chance.choice([REPEATED, BUILT, BUILT | SAMPLED, HELD_OUT], 9)
        keys = chance.integers(0, 2**64, 9, np.uint64)
        weights = weights_of(keys, lengths)
        weights[(kinds & BUILT) == 0] = 0
        batch = Batch(chunks, chunks * LENGTH, lengths, keys, kinds, weights)
        shape = (9, OFFSET + int(lengths[0]), 70)
        values = {layer.name: chance.normal(0, 2, shape).astype(np.float32) for layer in LAYERS}
        values["1"][2, OFFSET, 7] = np.nan
        values["1"][0, OFFSET, 8] = -np.inf
        found.append((batch, values))
    return found


@pytest.fixture(scope="module")
def compiled() -> MiningState:
    state = fresh(LAYERS, Sizes(4, 30, LENGTH))
    with Intake(state, OFFSET) as intake:
        for number, (batch, values) in enumerate(batches()):
            for layer in LAYERS:
                given = torch.from_numpy(values[layer.name])
                intake.take(layer, given, batch, begins=number == 0)
    return state


@pytest.mark.parametrize("device", DEVICES)
def test_the_same_is_found(compiled: MiningState, device: str) -> None:
    state = fresh(LAYERS, Sizes(4, 30, LENGTH))
    for number, (batch, values) in enumerate(batches()):
        for layer in LAYERS:
            given = torch.from_numpy(values[layer.name]).to(device)
            first = state.firsts[layer.name]
            scan_on_device(state, given, OFFSET, batch, first, begins=number == 0)
    bad = [77, 78]
    assert np.flatnonzero(state.shard.non_finite).tolist() == bad
    assert np.flatnonzero(compiled.shard.non_finite).tolist() == bad
    for found in (state, compiled):
        found.drop(np.array(bad))
    count = sum(int(batch.lengths.sum()) for batch, _ in batches())
    one, other = (moments_of(found.shard, count) for found in (state, compiled))
    for name in ("mean", "m2", "m3", "m4"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-9, atol=1e-9)
    good = np.delete(np.arange(140), bad)
    for name in ("minimum", "maximum", "positive", "non_finite"):
        assert getattr(one, name)[good].tolist() == getattr(other, name)[good].tolist()
    for left, right in zip(
        evidence_of(state.found, 30, slice(None)),
        evidence_of(compiled.found, 30, slice(None)),
        strict=True,
    ):
        assert left.tobytes() == right.tobytes()
    for name in LISTS:
        texts = zip(
            *(texts_of(found.lists, name, slice(None)) for found in (state, compiled)), strict=True
        )
        for left, right in texts:
            assert left.tobytes() == right.tobytes()
