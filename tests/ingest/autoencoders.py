"""Small random sparse autoencoders in SAELens's format, and what they give by the formulas."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

D_SAE, K = 40, 5
VECTORS = {
    "standard": ("b_enc",), "jumprelu": ("b_enc", "threshold"), "topk": ("b_enc",),
    "gated": ("b_gate", "r_mag", "b_mag"),
}  # fmt: skip


def save_sae(
    folder: Path,
    hook: str = "blocks.1.hook_resid_pre",
    *,
    architecture: str = "standard",
    d_in: int = 16,
    older: bool = False,
    **config: object,
) -> dict[str, Tensor]:
    """Write a folder as SAELens 6 does, or as versions before it did; gives the weights."""
    generator = torch.Generator().manual_seed(0)
    shapes = {"W_enc": (d_in, D_SAE), "W_dec": (D_SAE, d_in), "b_dec": (d_in,)}
    shapes |= dict.fromkeys(VECTORS.get(architecture, ()), (D_SAE,))
    weights = {
        name: 0.5 * torch.randn(shape, generator=generator) for name, shape in shapes.items()
    }
    folder.mkdir(parents=True)
    save_file(weights, folder / "sae_weights.safetensors")
    place = {"hook_name": hook, "model_name": "m"}
    k: dict[str, object] = {"k": K} if architecture == "topk" else {}
    written: dict[str, object] = {"d_in": d_in, "d_sae": D_SAE, "dtype": "float32"}
    if older:
        arguments = {"activation_fn_str": "topk", "activation_fn_kwargs": k} if k else {}
        kind = {} if architecture in {"standard", "topk"} else {"architecture": architecture}
        written |= {**place, "hook_layer": 1, "sae_lens_version": "4.0.0", **arguments, **kind}
    else:
        written |= {"architecture": architecture, "metadata": place, **k}
    (folder / "cfg.json").write_text(json.dumps({**written, **config}))
    return weights


def encoded(
    x: Tensor,
    w: dict[str, Tensor],
    architecture: str = "standard",
    *,
    normalization: str = "none",
    subtract: bool = True,
    by_norm: bool = False,
) -> Tensor:
    """Latents of vectors [.., model], by the definitions."""
    if normalization == "layer_norm":
        x = (x - x.mean(-1, keepdim=True)) / (x.std(-1, keepdim=True) + 1e-5)
    if normalization == "constant_norm_rescale":
        x = x * x.shape[-1] ** 0.5 / x.pow(2).sum(-1, keepdim=True).sqrt()
    x = x - w["b_dec"] if subtract else x
    if architecture == "gated":
        size = (x @ (w["W_enc"] * w["r_mag"].exp()) + w["b_mag"]).clamp(min=0)
        return torch.where(x @ w["W_enc"] + w["b_gate"] > 0, size, 0)
    before = x @ w["W_enc"] + w["b_enc"]
    if architecture == "jumprelu":
        return torch.where(before > w["threshold"], before.clamp(min=0), 0)
    if architecture == "topk":
        before = before * w["W_dec"].norm(dim=-1) if by_norm else before
        smallest = before.sort(-1, descending=True).values[..., K - 1 : K]
        return torch.where(before >= smallest, before.clamp(min=0), 0)
    return before.clamp(min=0)
