"""The model and the corpus that tests share: the folder `shared` beside the repository."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.lacking import lacking

SHARED = Path(__file__).parents[2] / "shared"


def shared_path(*parts: str) -> Path:
    """A file or folder below `shared`; without it the test is skipped, or fails where CI is set."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        lacking(f"{path} is not there: fetch the shared model and data beside the repository")
    return path


def model_path() -> Path:
    """The folder of stories260K."""
    return shared_path("models", "stories260K")


def stories_path() -> Path:
    """4,000 stories, as JSON Lines."""
    return shared_path("data", "stories.jsonl")


def narrow_model(folder: Path, *, neurons: int) -> None:
    """Write stories260K with the first neurons of each layer only: a model that is soon read."""
    from transformers import AutoModelForCausalLM

    whole = AutoModelForCausalLM.from_pretrained(model_path())
    whole.config.intermediate_size = neurons
    for layer in whole.model.layers:
        for part in (layer.mlp.gate_proj, layer.mlp.up_proj):
            part.weight.data = part.weight.data[:neurons].clone()
        layer.mlp.down_proj.weight.data = layer.mlp.down_proj.weight.data[:, :neurons].clone()
    whole.save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(model_path() / name, folder / name)
