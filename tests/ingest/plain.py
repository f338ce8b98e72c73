"""The model without transformer-lens: plain Hugging Face and plain hooks."""

from __future__ import annotations

from functools import cache
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AutoModelForCausalLM

from tests.shared import model_path


@cache
def plain_model() -> nn.Module:
    """stories260K."""
    model: nn.Module = AutoModelForCausalLM.from_pretrained(model_path())
    return model.eval()


def activations_of(model: Any, tokens: list[int]) -> list[Tensor]:
    """By layer: what goes into the MLP's last matrix, [position, neuron]; no padding, no batch."""
    found: list[Tensor] = []
    hooks = [
        block.mlp.down_proj.register_forward_pre_hook(lambda _, given: found.append(given[0][0]))
        for block in model.model.layers
    ]
    with torch.inference_mode():
        model(torch.tensor([tokens]))
    for hook in hooks:
        hook.remove()
    return found
