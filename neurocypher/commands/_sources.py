"""`neurocypher ingest openai|…`: from what others have published to packs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from ingest.stop import Stop, stopped_by_signals
from neurocypher.progress import progress_for_this_terminal


@dataclass(frozen=True, slots=True)
class _Help:
    """What a format's command says of itself."""

    summary: str
    where: str
    """What PATH may be."""
    examples: tuple[str, ...]
    is_by_url: bool = False
    """Whether PATH may be a URL: where the place of a file follows from its neuron."""


_FORMATS = {
    "openai": _Help(
        "OpenAI's neuron-explainer: records, explanations, simulations, related neurons.",
        "the folder that holds collated-activations, explanations, related-neurons and "
        "related-tokens (any of them), or its parent",
        (
            "neurocypher ingest openai ./data --out pack",
            "neurocypher ingest openai ./data --out pack --layers 0-4 --neurons 0-99",
            "neurocypher ingest openai https://HOST/neuron-explainer/data --layers 5 --neurons 0-9 "
            "--out pack",
        ),
        is_by_url=True,
    ),
    "neuronpedia": _Help(
        "Neuronpedia's exports and circuits (attribution graphs).",
        "a folder with features, explanations or activations of sources such as 6-res-jb, each in "
        "batches of .jsonl.gz, or with circuits as .json; or one circuit",
        (
            "neurocypher ingest neuronpedia ./v1/gpt2-small --out pack --layers 6-res-jb",
            "neurocypher ingest neuronpedia s3://BUCKET/v1/gpt2-small/6-res-jb --out pack",
            "neurocypher ingest neuronpedia dallas.json --out pack",
        ),
        is_by_url=True,
    ),
    "saedashboard": _Help(
        "SAEDashboard's batches: latents with examples, logits and histograms.",
        "a folder with batch-0.json and so on, or one of them",
        ("neurocypher ingest saedashboard ./gpt2-small_res-jb_0 --out pack",),
    ),
    "delphi": _Help(
        "Delphi's explanations, judgements, simulations and cached latents, of 2024 too.",
        "the folder of one run, with explanations and scores, and latents if they are to be read. "
        "Examples of latents need the model's tokenizer.json beside them",
        ("neurocypher ingest delphi ./results/run --out pack --model gpt2-small",),
    ),
    "neuroscope": _Help(
        "Neuroscope's pages, or DeepDecipher's JSON of them: where neurons fire most.",
        "a folder with MODEL/L/N.html, or with DeepDecipher's answers as MODEL/neuroscope/L/N.json",
        ("neurocypher ingest neuroscope ./solu-1l --out pack",),
    ),
    "n2g": _Help(
        "Neuron2Graph: token graphs in DOT, their scores, the index of tokens, maxima.",
        "a folder with neuron_graphs/MODEL/RUN/L_N/graph or output/MODEL/graphs/L_N, "
        "neuron_store.json, stats.json, activation_matrix-MODEL.json (any of them), or with "
        "DeepDecipher's answers as neuron2graph/L/N.json, or with N2G's own tries as L_N.json and "
        "the model's tokenizer.json",
        ("neurocypher ingest n2g ./output --model gelu-1l --out pack",),
    ),
}
"""The commands in the order of `--help`."""


def source_commands() -> Iterator[click.Command]:
    """One command for each format."""
    for name, text in _FORMATS.items():
        yield _command(name, text)


def _command(name: str, text: _Help) -> click.Command:
    lines = [
        text.summary,
        f"PATH is {text.where}. It may lie in a folder or in a .zip, .tar or .tar.gz archive, and "
        "each file may be a .gz."
        + (
            " It may also be an http(s):// or s3:// URL: what is asked for is fetched, and kept."
            if text.is_by_url
            else ""
        ),
        "A record that is not of the format stops the job, unless --skip-bad is given. A job that "
        "was stopped goes on when the same command is given again.",
        "\b\nExamples:\n" + "\n".join(f"  {example}" for example in text.examples),
    ]

    @click.command(name, help="\n\n".join(lines), short_help=text.summary)
    @click.argument("location", metavar="PATH")
    @click.option("--out", "output", type=click.Path(path_type=Path), required=True,
                  help="The pack to write.")  # fmt: skip
    @click.option("--model", help="The model's name in the graph.  [default: what the files say]")
    @click.option("--source", help="What the source is called in the graph: give another name to "
                  f"what is to stand beside other imports of this format.  [default: {name}]")  # fmt: skip
    @click.option("--layers", help="Layers to take, such as 2, 0-4 or 6-res-jb.  [default: all]")
    @click.option("--neurons", help="Neurons of each layer to take, such as 0-99 or 3,17.  "
                  "[default: all]")  # fmt: skip
    @click.option("--cache", type=click.Path(path_type=Path), help="Where to keep what is fetched "
                  "from a URL.  [default: your cache folder]")  # fmt: skip
    @click.option("--refresh", is_flag=True, help="Fetch again what is kept from a URL; else it is "
                  "never fetched again.")  # fmt: skip
    @click.option("--skip-bad", is_flag=True, help="Go on without records that are not of the "
                  "format; they are counted, listed, and said of their neurons in the graph.")  # fmt: skip
    @click.option("--replace", is_flag=True, help="Replace the pack if it exists.")
    @click.option("--resume/--restart", "resume", default=True, show_default=True,
                  help="Go on with what an unfinished job left, or throw it away.")  # fmt: skip
    def run(*, location: str, resume: bool, **options: object) -> None:
        from ingest.sources import format_called, open_tree  # noqa: PLC0415  `--help` needs none
        from ingest.sources.job import import_source, summary  # noqa: PLC0415
        from ingest.sources.settings import ImportSettings  # noqa: PLC0415

        settings = ImportSettings(location=location, restart=not resume, **options)  # type: ignore[arg-type]
        stop = Stop()
        opened = open_tree(location, settings.cache, refresh=settings.refresh)
        with stopped_by_signals(stop), opened as tree:
            progress = progress_for_this_terminal()
            report = import_source(
                format_called(name), tree, settings, progress=progress, stop=stop
            )
        for line in summary(settings.output, report):
            click.echo(line)

    return run
