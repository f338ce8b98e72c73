"""How a model's MLPs hang on the residual stream: read off one small pass through it.

Families differ in where their norms stand, and in whether attention and MLP read the same
stream. None of that is looked up by name: a norm is the one before the MLP if the MLP was
seen to read what it gave. And nothing is taken for granted that the pass can show, so that a
family with other ways is refused and not misread.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float, Float32
from torch import Tensor, nn

from ingest.errors import WeightsError

_TEXTS, _TOKENS = 2, 8
"""Of the pass."""
_TOLERANCE = 0.02
"""Share by which a whole may differ from its parts: what rounding does in bfloat16."""
_PROBE = 1024.0
"""So large that a norm's epsilon is nothing beside it; a power of two, for an exact answer."""
_BREAKS = (RuntimeError, ValueError, TypeError, AttributeError, LookupError)
"""What a module raises that is called in a way which its family does not have."""


@dataclass(frozen=True, slots=True)
class Norms:
    """The gains of the norms around one MLP, where there are such."""

    before: Float32[Tensor, " d_model"] | None
    """Of the norm through which it reads the stream."""
    after: Float32[Tensor, " d_model"] | None
    """Of the norm through which it writes to the stream."""


class Wiring:
    """What one pass through a model shows.

    `bridge` is transformer-lens's; what goes through a hook point is known by its name there.
    Raises WeightsError if transformer-lens cannot run the model, which runs without it.
    """

    def __init__(self, bridge: Any) -> None:
        self._bridge = bridge
        spread = torch.arange(_TEXTS * _TOKENS) * (bridge.cfg.d_vocab // (_TEXTS * _TOKENS))
        self.tokens = spread.view(_TEXTS, _TOKENS).to(bridge.cfg.device)
        """Ids of the tokens that the model read: texts that differ in each of them."""
        try:
            with torch.inference_mode():
                _, seen = bridge.run_with_cache(self.tokens, return_cache_object=False)
        except torch.OutOfMemoryError:
            raise
        except _BREAKS as error:
            raise WeightsError(
                f"transformer-lens cannot run the model: {first_line(error)}"
            ) from error
        self._seen: Mapping[str, Tensor] = seen

    def seen(self, name: str) -> Float[Tensor, "text token channel"]:
        """What went through a hook point. Raises WeightsError if there is none."""
        if name not in self._seen:
            raise WeightsError(f"the model has no {name}")
        return self._seen[name].reshape(_TEXTS, _TOKENS, -1)  # OPT's texts lie end to end

    def norms(self, block: int) -> Norms:
        """The norms around a block's MLP.

        Raises WeightsError if what the MLP reads is not the stream or its norm, or what it
        writes is not added to the stream as it is or through a norm.
        """
        at = f"blocks.{block}"
        read, product = self.seen(f"{at}.mlp.hook_in"), self.seen(f"{at}.mlp.out.hook_out")
        names = [
            f"{at}.{name}"
            for name, _ in self._bridge.blocks[block].named_children()
            if f"{at}.{name}.hook_normalized" in self._seen
        ]
        before = [name for name in names if torch.equal(self.seen(f"{name}.hook_out"), read)]
        after = [name for name in names if torch.equal(self.seen(f"{name}.hook_in"), product)]
        stream = self.seen(f"{before[0]}.hook_in") if before else read
        written = self.seen(f"{after[0]}.hook_out") if after else product
        if torch.equal(stream, self.seen(f"{at}.hook_in")):  # attention reads the same stream
            written = written + self.seen(f"{at}.attn.hook_out")
        if not proportional(self.seen(f"{at}.hook_out") - stream, written):
            raise WeightsError(f"the MLP of block {block} is not simply added to the stream")
        return Norms(
            self.gain_of(before[0]) if before else None, self.gain_of(after[0]) if after else None
        )

    def final_gain(self) -> Float32[Tensor, " d_model"]:
        """The gain of the norm between the stream and the unembedding.

        Raises WeightsError if nothing or something else stands there.
        """
        ends = [f"blocks.{self._bridge.cfg.n_layers - 1}.hook_out", "ln_final.hook_in"]
        for one, other in (ends, ("ln_final.hook_out", "unembed.hook_in")):
            if not torch.equal(self.seen(one), self.seen(other)):
                raise WeightsError("more than a norm stands between the stream and the logits")
        return self.gain_of("ln_final")

    def gain_of(self, name: str) -> Float32[Tensor, " channel"]:
        """A norm's factor for each dimension. Raises WeightsError if it does anything else."""
        part = self._bridge
        for step in name.split("."):
            part = part[int(step)] if step.isdigit() else getattr(part, step)
        given = self.seen(f"{name}.hook_out")
        try:
            found = gain(part.original_component, given.shape[-1]).to(given.device)
        except _BREAKS as error:
            raise WeightsError(f"{name} takes more than a vector: {first_line(error)}") from error
        normalized = self.seen(f"{name}.hook_normalized")
        if not proportional(varying(given), varying(normalized * found)):
            raise WeightsError(f"{name} does more than multiply each dimension by a factor")
        return found


def gain(norm: nn.Module, width: int) -> Float32[Tensor, " d_model"]:
    """The factor that a norm multiplies each of `width` dimensions by, its weight or 1 + weight.

    Measured: a vector of equal size in all dimensions and of mean 0 comes out as the factors.
    """
    signs = torch.ones(width, dtype=torch.float64)
    signs[1::2] = -1
    probe = signs[None, None] * _PROBE
    exact = copy.deepcopy(norm).to("cpu", torch.float64)
    with torch.inference_mode():
        without_bias: Tensor = (exact(probe) - exact(-probe)) / 2
    return (without_bias[0, 0] * signs).to(torch.float32)


def proportional(found: Float[Tensor, "*shape"], expected: Float[Tensor, "*shape"]) -> bool:
    """Whether `found` is `expected` times one number above 0, but for rounding."""
    one, other = (side.to("cpu", torch.float64).flatten() for side in (found, expected))
    factor = (one @ other) / (other @ other)
    return bool(factor > 0 and (one - factor * other).norm() <= _TOLERANCE * one.norm())


def varying(values: Float[Tensor, "text token channel"]) -> Float[Tensor, "position channel"]:
    """How the positions differ from the first: what a bias adds is not in it."""
    flat = values.flatten(0, 1)
    return flat[1:] - flat[:1]


def first_line(error: Exception) -> str:
    """What went wrong, as far as it fits into a reason."""
    return str(error).partition("\n")[0] or type(error).__name__
