"""Taking in what the model says of a batch, on the processor or where the model computes."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise
from types import TracebackType

import torch
from jaxtyping import Float
from torch import Tensor

from ingest.layers import NeuronLayer
from ingest.mining.batches import Batch
from ingest.mining.on_device import scan_on_device
from ingest.mining.scan import scan
from ingest.mining.state import MiningState

_FEWEST = 64
"""Neurons that are worth a thread."""


class Intake:
    """Takes in activations, with as many threads as the model has.

    with Intake(state, offset) as intake:
        intake.take(layer, activations, batch, begins=True)
    """

    def __init__(self, state: MiningState, offset: int) -> None:
        self._state = state
        self._offset = offset
        """Positions before each text."""
        self._n_threads = torch.get_num_threads()
        self._pool = ThreadPoolExecutor(self._n_threads)

    def __enter__(self) -> Intake:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._pool.shutdown()

    def take(
        self,
        layer: NeuronLayer,
        activations: Float[Tensor, "chunk position neuron"],
        batch: Batch,
        *,
        begins: bool,
    ) -> None:
        """Take in a layer's activations on a batch; `begins` says that it is a shard's first."""
        first = self._state.firsts[layer.name]
        if activations.is_cuda:
            scan_on_device(self._state, activations, self._offset, batch, first, begins=begins)
            return
        state, values = self._state, activations.cpu().contiguous().numpy()
        look = partial(
            scan, values, self._offset, batch, first, begins, state.shard, state.found,
            state.sizes.evidence, state.lists,
        )  # fmt: skip
        own, *others = self._divided(layer.n_neurons)
        parts = [self._pool.submit(look, *stretch) for stretch in others]
        look(*own)
        for part in parts:
            part.result()

    def _divided(self, n_neurons: int) -> Sequence[tuple[int, int]]:
        """Stretches of neurons, one for each thread."""
        n_parts = max(1, min(self._n_threads, n_neurons // _FEWEST))
        bounds = [n_neurons * part // n_parts for part in range(n_parts + 1)]
        return list(pairwise(bounds))
