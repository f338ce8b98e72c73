"""`neurocypher ingest`: from models and data sets to packs."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import click

from ingest.errors import MissingExtraError
from ingest.stop import Stop, stopped_by_signals
from neurocypher.commands._sources import source_commands
from neurocypher.progress import progress_for_this_terminal

_NEEDED = ("torch", "transformer_lens", "datasets", "jaxtyping", "numba", "numpy")
_EXAMPLES = """\b
Examples:
  neurocypher ingest model ./stories260K --corpus stories.jsonl --out pack
  neurocypher ingest model gpt2 --corpus openwebtext.parquet --out pack --layers 0-4
  neurocypher ingest model gpt2 --sae ./blocks.6.hook_resid_pre --corpus texts.txt --out pack
  neurocypher ingest model gpt2-xl --corpus texts.txt --out pack --device cuda --dtype bfloat16
"""


class _CountOrAuto(click.ParamType[Any]):
    """A number from 1, or `auto`."""

    name = "auto|N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value is None or value == "auto":
            return None
        return click.IntRange(1).convert(value, param, ctx)


@click.group()
def command() -> None:
    """Make a pack from a language model and a corpus, or from what others have published."""


for _command in source_commands():
    command.add_command(_command)


@command.command("model", epilog=_EXAMPLES)
@click.argument("model")
@click.option(
    "--corpus",
    type=click.Path(path_type=Path),
    required=True,
    help="Texts: .jsonl, .jsonl.gz, .txt (documents between blank lines), .parquet, or a folder "
    "that datasets saved to disk.",
)
@click.option(
    "--out", "output", type=click.Path(path_type=Path), required=True, help="The pack to write."
)
@click.option("--layers", help="Blocks whose MLP neurons to take, and names of autoencoders: "
              "such as 2, 0-4 or 0,2,6-res-jb.  [default: every --sae, or every block]")  # fmt: skip
@click.option("--sae", "saes", type=click.Path(path_type=Path), multiple=True,
              help="A folder with a sparse autoencoder of MODEL, as SAELens saves it (cfg.json, "
              "sae_weights.safetensors): its latents are a layer of neurons, named after "
              "Neuronpedia's id or block and folder. Repeatable.")  # fmt: skip
@click.option("--top-k", type=click.IntRange(2), default=20, show_default=True,
              help="Examples per neuron.")  # fmt: skip
@click.option("--context-length", type=click.IntRange(1), default=128, show_default=True,
              help="Tokens per example, at most.")  # fmt: skip
@click.option("--batch-size", type=_CountOrAuto(), default="auto", show_default=True,
              help="Examples that the model reads at once: about 4096 tokens' worth if auto. "
              "What does not fit a GPU is read in halves.")  # fmt: skip
@click.option("--device", default="cpu", show_default=True, help="Such as cpu, cuda or mps.")
@click.option("--dtype", type=click.Choice(["float32", "bfloat16", "float16"]), default="float32",
              show_default=True, help="What the model computes in; half takes half the memory, "
              "and its activations have two to three digits.")  # fmt: skip
@click.option("--threads", type=click.IntRange(1), help="CPU threads.  [default: torch's choice]")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True,
              help="Processes that mining is divided among, each with a model of its own.")  # fmt: skip
@click.option("--evidence", type=click.IntRange(1),
              help="Places to keep of each neuron where it fires, to build token graphs from: 12 "
              "bytes each.  [default: 4096, or what fits 2 GiB]")  # fmt: skip
@click.option("--model-id", help="The model's name in the graph.  [default: last part of MODEL]")
@click.option("--text-field", default="text", show_default=True,
              help="Key or column of the text.")  # fmt: skip
@click.option("--limit-documents", type=click.IntRange(1), help="Take the first documents only.")
@click.option("--method", type=click.Choice(["n2g", "n2g-2023"]), default="n2g",
              show_default=True, help="How token graphs are made; n2g-2023 is Neuron2Graph as it "
              "was published, to compare with.")  # fmt: skip
@click.option("--max-nodes", type=click.IntRange(1), default=200, show_default=True,
              help="Nodes of a token graph that n2g makes, at most.")  # fmt: skip
@click.option("--neurons", help="Neurons of each layer whose token graphs are made, such as 0-99 "
              "or 3,17; mining is of all.  [default: all]")  # fmt: skip
@click.option("--replace", is_flag=True, help="Replace the pack if it exists.")
@click.option("--resume/--restart", "resume", default=True, show_default=True,
              help="Go on with what an unfinished job left, or throw it away.")  # fmt: skip
def _model(
    model: str,
    threads: int | None,
    batch_size: int | None,
    context_length: int,
    resume: bool,
    **options: object,
) -> None:
    """Examples, statistics, token graphs and similar neurons of MODEL.

    MODEL is a folder that save_pretrained wrote (model and tokenizer), a causal language model
    of the Hugging Face hub that transformer-lens knows (gpt2, EleutherAI/pythia-70m, Llama,
    Qwen, Gemma and others), or one in TransformerLens's own format (gelu-1l, solu-2l, a folder).
    Its neurons are those of the blocks' MLPs, gated or not, or the latents of each --sae.

    A job that was stopped goes on when the same command is given again.
    """
    stop = Stop()
    with stopped_by_signals(stop):
        missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
        if missing:
            raise MissingExtraError(
                f"reading a model needs {', '.join(missing)}, not installed here. "
                f"Run: pip install 'neurocypher[model]'"
            )
        from ingest.jobs.inputs import open_inputs  # noqa: PLC0415  (numpy: of the extra)
        from ingest.jobs.settings import Settings, batch_size_for  # noqa: PLC0415

        settings = Settings(
            model=model,
            context_length=context_length,
            batch_size=batch_size or batch_size_for(context_length),
            restart=not resume,
            **options,  # type: ignore[arg-type]
        )
        corpus = open_inputs(settings)
        from ingest.jobs.pipeline import ingest_model  # noqa: PLC0415  (torch: seconds)
        from ingest.jobs.summary import summary  # noqa: PLC0415
        from ingest.subject import use_threads  # noqa: PLC0415

        if threads is not None:
            use_threads(threads)
        ingest_model(settings, corpus, progress=progress_for_this_terminal(), stop=stop)
        click.echo(summary(settings.output))
