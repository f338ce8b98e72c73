"""Small random models of several families, and their weights by the definitions, in float64."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import (
    BloomConfig,
    BloomForCausalLM,
    Gemma2Config,
    Gemma2ForCausalLM,
    GemmaConfig,
    GemmaForCausalLM,
    GPT2Config,
    GPT2LMHeadModel,
    GPTJConfig,
    GPTJForCausalLM,
    GPTNeoXConfig,
    GPTNeoXForCausalLM,
    LlamaForCausalLM,
    MixtralConfig,
    MixtralForCausalLM,
    Olmo2Config,
    Olmo2ForCausalLM,
    OPTConfig,
    OPTForCausalLM,
    Phi3Config,
    Phi3ForCausalLM,
    PreTrainedTokenizerFast,
    Qwen2Config,
    Qwen2ForCausalLM,
    Qwen3Config,
    Qwen3ForCausalLM,
)

VOCABULARY = 300
"""Token ids: the 256 bytes, and some more."""
_NO_SPECIAL: dict[str, Any] = {"bos_token_id": None, "eos_token_id": None, "pad_token_id": None}
_GATED: dict[str, Any] = {
    "vocab_size": VOCABULARY, "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 3,
    "num_attention_heads": 2, "num_key_value_heads": 1, "max_position_embeddings": 64,
    **_NO_SPECIAL,
}  # fmt: skip

MODELS: dict[str, Callable[[], Any]] = {
    "gpt2": lambda: GPT2LMHeadModel(
        GPT2Config(
            vocab_size=VOCABULARY, n_positions=48, n_embd=16, n_layer=3, n_head=2, **_NO_SPECIAL
        )
    ),
    "gpt_neox": lambda: GPTNeoXForCausalLM(
        GPTNeoXConfig(
            vocab_size=VOCABULARY, hidden_size=16, intermediate_size=24, num_hidden_layers=3,
            num_attention_heads=2, max_position_embeddings=64, **_NO_SPECIAL,
        )
    ),
    "gptj": lambda: GPTJForCausalLM(
        GPTJConfig(
            vocab_size=VOCABULARY, n_positions=64, n_embd=16, n_layer=3, n_head=2, rotary_dim=4,
            **_NO_SPECIAL,
        )
    ),
    "gemma": lambda: GemmaForCausalLM(GemmaConfig(**_GATED, head_dim=8)),
    "gemma2": lambda: Gemma2ForCausalLM(Gemma2Config(**_GATED, head_dim=8)),
    "olmo2": lambda: Olmo2ForCausalLM(Olmo2Config(**_GATED)),
    "opt": lambda: OPTForCausalLM(
        OPTConfig(
            vocab_size=VOCABULARY, hidden_size=16, word_embed_proj_dim=16, ffn_dim=24,
            num_hidden_layers=3, num_attention_heads=2, max_position_embeddings=64, **_NO_SPECIAL,
        )
    ),
    "opt-350m": lambda: OPTForCausalLM(  # norms behind the sums, and narrower embeddings
        OPTConfig(
            vocab_size=VOCABULARY, hidden_size=16, ffn_dim=24, word_embed_proj_dim=8,
            num_hidden_layers=3, num_attention_heads=2, max_position_embeddings=64,
            do_layer_norm_before=False, **_NO_SPECIAL,
        )
    ),
    "phi3": lambda: Phi3ForCausalLM(Phi3Config(**_GATED)),
    "qwen2": lambda: Qwen2ForCausalLM(Qwen2Config(**_GATED)),
    "qwen3": lambda: Qwen3ForCausalLM(Qwen3Config(**_GATED, head_dim=8)),
    "bloom": lambda: BloomForCausalLM(
        BloomConfig(vocab_size=VOCABULARY, hidden_size=16, n_layer=3, n_head=2, **_NO_SPECIAL)
    ),
    "mixtral": lambda: MixtralForCausalLM(MixtralConfig(**_GATED, num_local_experts=2)),
}  # fmt: skip


def save(family: str, folder: Path) -> Path:
    """A folder with a model of `MODELS`, all of its weights random, norms too."""
    generator = torch.Generator().manual_seed(0)
    network = MODELS[family]()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.copy_(0.5 * torch.randn(parameter.shape, generator=generator))
    network.save_pretrained(folder)
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    pieces = [*alphabet, *(f"x{number}" for number in range(len(alphabet), VOCABULARY))]
    tokenizer = Tokenizer(models.BPE({piece: at for at, piece in enumerate(pieces)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    fast: Any = PreTrainedTokenizerFast
    fast(tokenizer_object=tokenizer).save_pretrained(folder)
    return folder


@dataclass(frozen=True, slots=True)
class Plain:
    """The vectors of the definitions: a weight is the product of two of them."""

    reads: list[np.ndarray]
    """By layer, a row per neuron."""
    writes: list[np.ndarray]
    embedding: np.ndarray
    """A row per token id."""
    unembedding: np.ndarray


@dataclass(frozen=True, slots=True)
class _Names:
    """Where a family keeps what the definitions need: names in Hugging Face's state dict."""

    layer: str
    reads: str
    before: str | None
    writes: str
    after: str | None
    final: str
    stored_as: str = "out, in"
    """How its matrices lie: GPT-2's the other way round."""
    offset: float = 0
    """What a norm adds to its weight."""


_MLP = "mlp.gate_proj.weight", "mlp.down_proj.weight"
_NAMES = {
    "gpt2": _Names(
        "transformer.h", "mlp.c_fc.weight", "ln_2.weight", "mlp.c_proj.weight", None,
        "transformer.ln_f.weight", "in, out",
    ),
    "gpt_neox": _Names(
        "gpt_neox.layers", "mlp.dense_h_to_4h.weight", "post_attention_layernorm.weight",
        "mlp.dense_4h_to_h.weight", None, "gpt_neox.final_layer_norm.weight",
    ),
    "gptj": _Names(
        "transformer.h", "mlp.fc_in.weight", "ln_1.weight", "mlp.fc_out.weight", None,
        "transformer.ln_f.weight",
    ),
    "llama": _Names(
        "model.layers", _MLP[0], "post_attention_layernorm.weight", _MLP[1], None,
        "model.norm.weight",
    ),
    "gemma": _Names(
        "model.layers", _MLP[0], "post_attention_layernorm.weight", _MLP[1], None,
        "model.norm.weight", offset=1,
    ),
    "gemma2": _Names(
        "model.layers", _MLP[0], "pre_feedforward_layernorm.weight", _MLP[1],
        "post_feedforward_layernorm.weight", "model.norm.weight", offset=1,
    ),
    "olmo2": _Names(
        "model.layers", _MLP[0], None, _MLP[1], "post_feedforward_layernorm.weight",
        "model.norm.weight",
    ),
}  # fmt: skip


def plain(family: str, folder: Path) -> Plain:
    """The definitions, from the weights as Hugging Face loads them."""
    classes = {"llama": LlamaForCausalLM}
    kind: Any = classes.get(family) or type(MODELS[family]())
    network = kind.from_pretrained(folder)
    state = {name: value.numpy() for name, value in network.state_dict().items()}
    names = _NAMES[family]

    def gain(name: str | None, prefix: str = "") -> np.ndarray | float:
        """Of a norm; what is added to its weight is added in float32, as the model does."""
        if name is None:
            return 1.0
        found: np.ndarray = state[prefix + name] + np.float32(names.offset)
        return found.astype(np.float64)

    def upright(matrix: np.ndarray) -> np.ndarray:
        return (matrix if names.stored_as == "out, in" else matrix.T).astype(np.float64)

    reads, writes = [], []
    for layer in range(network.config.num_hidden_layers):
        prefix = f"{names.layer}.{layer}."
        reads.append(upright(state[prefix + names.reads]) * gain(names.before, prefix))
        writes.append(upright(state[prefix + names.writes]).T * gain(names.after, prefix))
    embedding, unembedding = (
        part.weight.detach().double().numpy()
        for part in (network.get_input_embeddings(), network.get_output_embeddings())
    )
    return Plain(reads, writes, embedding, unembedding * gain(names.final))
