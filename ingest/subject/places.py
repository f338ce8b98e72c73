"""Where values are read while a model runs: TransformerLens's hooks, found in the plain model.

A hook of transformer-lens stands at the input or the output of a part of the model. The same
values pass at the input or the output of the module that this part wraps, and a hook of torch
reads them there at no cost.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

from ingest.subject.boot import Booted


class Side(StrEnum):
    """Of a module."""

    INPUT = "input"
    OUTPUT = "output"


@dataclass(frozen=True, slots=True)
class Place:
    """An input or output of a module of the plain model."""

    module: nn.Module
    side: Side
    lasting: bool
    """Whether the model leaves the values alone; some add to a residual stream in place."""


class Places:
    """The places of a booted model, by the names of TransformerLens's hooks."""

    def __init__(self, booted: Booted) -> None:
        self._bridge = booted.bridge
        self._places: dict[int, tuple[nn.Module, Side]] = {}
        for part in booted.bridge.modules():
            children = dict(part.named_children())
            wrapped = children.get("_original_component")
            if wrapped is not None and wrapped in booted.original:
                for name, side in (("hook_in", Side.INPUT), ("hook_out", Side.OUTPUT)):
                    self._places[id(children[name])] = (booted.original[wrapped], side)

    def find(self, hook: str) -> Place | None:
        """Where `blocks.3.mlp.hook_post` and its like are; None if the model has no such hook."""
        # after SoLU, before the layer norm: the bridge knows it as the input of that norm
        target: object = self._bridge
        for step in hook.replace(".hook_mid", ".ln.hook_in").split("."):
            if step.isdigit() and isinstance(target, nn.ModuleList):
                target = target[int(step)] if int(step) < len(target) else None
            else:
                target = getattr(target, step, None)
        found = self._places.get(id(target)) if target is not None else None
        if found is None:
            return None
        module, side = found
        # what only the next matrix multiplication reads, nobody adds to
        return Place(module, side, hook.endswith((".hook_post", ".hook_mid", ".hook_z")))


class _EnoughError(Exception):
    """The last value that was asked for has been read."""


def read(
    model: nn.Module, tokens: Int[Tensor, "batch position"], places: Sequence[Place]
) -> dict[Place, Float[Tensor, "batch position _"]]:
    """Run the model until the values at all `places` are there, and no further.

    A place that the model does not come by is missing. `tokens` are on the model's device.
    """
    found: dict[Place, Tensor] = {}
    wanted = set(places)

    def keep(place: Place, value: object) -> None:
        if isinstance(value, tuple | list):
            value = value[0]
        assert isinstance(value, Tensor)
        value = value.reshape(*tokens.shape, -1)  # some families flatten the batch
        found[place] = value if place.lasting else value.clone()
        if len(found) == len(wanted):
            raise _EnoughError

    handles = [_hook(place, keep) for place in wanted]
    try:
        with torch.inference_mode():
            model(input_ids=tokens, use_cache=False)
    except _EnoughError:
        pass
    finally:
        for handle in handles:
            handle.remove()
    return found


def _hook(place: Place, keep: Callable[[Place, object], None]) -> RemovableHandle:
    if place.side is Side.OUTPUT:
        return place.module.register_forward_hook(lambda _, __, output: keep(place, output))
    return place.module.register_forward_pre_hook(
        lambda _, given, named: keep(place, given[0] if given else named["hidden_states"]),
        with_kwargs=True,
    )
