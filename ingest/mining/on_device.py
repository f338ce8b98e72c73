"""What `scan` does, for activations that lie on another device than the processor.

They are reduced where they are. What travels is sums, each text's extremes, the candidates of
the evidence, and the rows of texts that a list takes.
"""

from __future__ import annotations

from typing import no_type_check

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from ingest.compiled import compiled
from ingest.mining.batches import Batch
from ingest.mining.evidence import entries_of, push
from ingest.mining.ranked import offer_texts, store
from ingest.mining.state import MiningState

_ROWS = 1 << 16
"""Texts whose activations travel at once."""

Values = Float[Tensor, "chunk position neuron"]
Inside = Bool[Tensor, "chunk position 1"]


def scan_on_device(
    state: MiningState, activations: Values, offset: int, batch: Batch, first: int, *, begins: bool
) -> None:
    """Take in a layer's activations, whose neurons begin at `first`; see `scan.scan`."""
    values = activations[:, offset:]
    own = slice(first, first + values.shape[2])
    lengths = torch.from_numpy(batch.lengths).to(values.device)
    inside = (torch.arange(values.shape[1], device=values.device) < lengths[:, None])[..., None]
    with torch.inference_mode():
        if begins:
            state.shard.centre[own] = torch.nan_to_num(values[0, 0], 0, 0, 0).double().cpu()
        finite = torch.isfinite(values) & inside
        _add_sums(state, values, finite, own)
        state.shard.non_finite[own] += (inside & ~finite).sum((0, 1)).cpu().numpy()
        _add_evidence(state, values, batch, own)
        peaks = values.where(finite, -torch.inf).amax(1)
        lows = values.where(finite, torch.inf).amin(1)
        _add_texts(state, values, batch, own, extremes=(peaks.cpu().numpy(), lows.cpu().numpy()))


def _add_sums(
    state: MiningState, values: Values, finite: Bool[Tensor, "chunk position neuron"], own: slice
) -> None:
    """Add the powers of the finite activations."""
    shard = state.shard
    distances = values.double() - torch.from_numpy(shard.centre[own]).to(values.device)
    distances = distances.where(finite, 0)
    power = distances.clone()
    for at in range(4):
        shard.powers[at, own] += power.sum((0, 1)).cpu().numpy()
        power *= distances
    shard.positive[own] += ((values > 0) & finite).sum((0, 1)).cpu().numpy()


def _add_evidence(state: MiningState, values: Values, batch: Batch, own: slice) -> None:
    """Push the places whose score reaches their neuron's bound."""
    weights = torch.from_numpy(batch.weights).to(values.device)
    bounds = torch.from_numpy(state.found.bounds[own]).to(values.device)
    found = (values * weights[..., None] >= bounds).nonzero()
    row, position, column = found.unbind(1)
    activations = values[row, position, column].cpu().numpy()
    row, position, column = found.cpu().numpy().T
    scores, places = activations * batch.weights[row, position], batch.starts[row] + position
    entries = entries_of(scores, places)
    _push_all(state.found, state.sizes.evidence, own.start + column, entries)


def _add_texts(
    state: MiningState,
    values: Values,
    batch: Batch,
    own: slice,
    *,
    extremes: tuple[np.ndarray, np.ndarray],
) -> None:
    """Offer the texts to the lists, and fetch the rows of those that are taken."""
    (peaks, lows), lists, lengths = extremes, state.lists, batch.lengths
    wanted = np.full((values.shape[2], lists.scores.shape[1]), -1, np.int64)
    state.shard.high[own] = np.maximum(state.shard.high[own], peaks.max(0))
    state.shard.low[own] = np.minimum(state.shard.low[own], lows.min(0))
    columns = (np.ascontiguousarray(peaks.T), np.ascontiguousarray(lows.T))
    _offer_all(lists, own.start, batch.kinds, batch.chunks, batch.keys, *columns, wanted)
    items = np.argwhere(wanted >= 0)
    for at in range(0, len(items), _ROWS):
        column, slot = items[at : at + _ROWS].T
        row = wanted[column, slot]
        fetched = values[torch.from_numpy(row), :, torch.from_numpy(column)].cpu().numpy()
        _store_all(
            lists, own.start + column, slot, fetched, lengths[row], lows[row, column],
            peaks[row, column],
        )  # fmt: skip


@compiled
@no_type_check
def _push_all(found, size, neurons, entries):
    for at in range(len(neurons)):
        push(found, size, neurons[at], entries[at])


@compiled
@no_type_check
def _offer_all(lists, first, kinds, chunks, keys, peaks, lows, wanted):  # noqa: PLR0917
    for n in range(len(wanted)):
        offer_texts(lists, first + n, kinds, chunks, keys, peaks[n], lows[n], wanted[n])


@compiled
@no_type_check
def _store_all(lists, neurons, slots, rows, lengths, lows, peaks):  # noqa: PLR0917  (compiled)
    for at in range(len(neurons)):
        store(lists, neurons[at], slots[at], rows[at, : lengths[at]], lows[at], peaks[at])
