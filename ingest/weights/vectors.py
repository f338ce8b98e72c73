"""Vectors in the residual stream, taken from a model's matrices as they are needed."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Float32, Float64, Int
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Vectors:
    """One vector per neuron or token; nothing is copied before it is asked for."""

    matrix: Float[Tensor, "stored d_model"]
    """A model's own, of whatever precision, on whatever device."""
    gain: Float32[Tensor, " d_model"] | None = None
    """Of the norm that is folded in: a factor for each dimension; None without one."""
    places: Int[Tensor, " row"] | None = None
    """Rows of `matrix` that are meant, from 0; all of them if None."""

    def __len__(self) -> int:
        return len(self.matrix if self.places is None else self.places)

    def only(self, rows: Int[Tensor, " chosen"]) -> Vectors:
        """The vectors of these rows of `matrix`, in this order."""
        n_rows = len(rows)
        if torch.equal(rows, torch.arange(n_rows)):
            return Vectors(self.matrix[:n_rows], self.gain)
        return Vectors(self.matrix, self.gain, rows.to(self.matrix.device))

    def zero(self) -> Bool[Tensor, " stored"]:
        """Which rows of `matrix` are nothing but zeros once folded."""
        something = self.matrix != 0
        if self.gain is not None:
            something &= self.gain != 0
        return ~something.any(1)

    def block(self, first: int, last: int) -> Float32[Tensor, "row d_model"]:
        """The vectors from `first` up to `last` as they are stored, in float32."""
        chosen = slice(first, last) if self.places is None else self.places[first:last]
        return self.matrix[chosen].to(torch.float32)

    def taken(self, rows: Int[Tensor, " chosen"]) -> Float64[Tensor, "chosen d_model"]:
        """These vectors as they are stored, in float64; on the CPU if the device has none."""
        chosen = self.matrix[rows if self.places is None else self.places[rows]]
        device = "cpu" if chosen.device.type == "mps" else chosen.device
        return chosen.to(device).to(torch.float64)

    def folded(self, vectors: Float[Tensor, "some d_model"]) -> Float[Tensor, "some d_model"]:
        """The gain folded into `vectors`: into these, or, for a product, into the others."""
        return vectors if self.gain is None else vectors * self.gain.to(vectors)
