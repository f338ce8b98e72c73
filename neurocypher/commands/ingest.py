"""`neurocypher ingest`: from models and data sets to packs."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import click

from ingest.errors import MissingExtraError
from ingest.stop import Stop, stopped_by_signals
from neurocypher.progress import progress_for_this_terminal

_NEEDED = ("torch", "transformer_lens", "datasets", "jaxtyping", "numba", "numpy")


@click.group()
def command() -> None:
    """Make a pack from a language model and a corpus."""


@command.command("model")
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
@click.option("--layers", help="Such as 2, 0-4 or 0,2,5-7.  [default: all]")
@click.option("--top-k", type=click.IntRange(2), default=20, show_default=True,
              help="Examples per neuron.")  # fmt: skip
@click.option("--context-length", type=click.IntRange(1), default=128, show_default=True,
              help="Tokens per example, at most.")  # fmt: skip
@click.option("--batch-size", type=click.IntRange(1), default=32, show_default=True,
              help="Examples that the model reads at once.")  # fmt: skip
@click.option("--device", default="cpu", show_default=True, help="Such as cpu, cuda or mps.")
@click.option("--threads", type=click.IntRange(1), help="CPU threads.  [default: torch's choice]")
@click.option("--model-id", help="The model's name in the graph.  [default: last part of MODEL]")
@click.option("--text-field", default="text", show_default=True,
              help="Key or column of the text.")  # fmt: skip
@click.option("--limit-documents", type=click.IntRange(1), help="Take the first documents only.")
@click.option("--seed", type=int, default=0, show_default=True,
              help="Of the random substitutions that token graphs are tested with.")  # fmt: skip
@click.option("--replace", is_flag=True, help="Replace the pack if it exists.")
@click.option("--restart", is_flag=True, help="Throw away what an unfinished job left.")
def _model(model: str, threads: int | None, **options: object) -> None:
    """Examples, statistics, token graphs and similar neurons of MODEL.

    MODEL is a local folder or a name that transformer-lens can boot. A job that was stopped
    goes on when the same command is given again.
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
        from ingest.jobs.settings import Settings  # noqa: PLC0415

        settings = Settings(model=model, **options)  # type: ignore[arg-type]
        corpus = open_inputs(settings)
        from ingest.jobs.pipeline import ingest_model  # noqa: PLC0415  (torch: seconds)
        from ingest.jobs.summary import summary  # noqa: PLC0415
        from ingest.subject import use_threads  # noqa: PLC0415

        if threads is not None:
            use_threads(threads)
        ingest_model(settings, corpus, progress=progress_for_this_terminal(), stop=stop)
        click.echo(summary(settings.output))
