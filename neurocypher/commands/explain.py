"""`neurocypher explain`: sentences about neurons, with scores that can be judged."""

from __future__ import annotations

import dataclasses
import importlib.util
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ingest.errors import ExplainError, MissingExtraError
from ingest.stop import Stop, stopped_by_signals
from neurocypher.progress import progress_for_this_terminal
from neurocypher.settings import OPENAI_KEY, PRICE, TOKENIZER, model_settings

if TYPE_CHECKING:
    from ingest.endpoint.settings import EndpointSettings
    from ingest.jobs.explaining.pipeline import Report
    from ingest.jobs.explaining.plan import Planned
    from ingest.jobs.explaining.settings import ExplainSettings

_EXAMPLES = """\b
Examples:
  neurocypher explain pack                                   with no network at all
  neurocypher explain pack --explainer openai --simulator openai --model gpt-4o-mini --dry-run
  neurocypher explain pack --explainer openai --simulator openai --model gpt-4o-mini \\
      --where layers=3-4 --where unexplained --budget 5
  neurocypher explain pack --explainer none --simulator openai --model qwen3 --where 'score<0.2'
"""


@click.command(name="explain", epilog=_EXAMPLES)
@click.argument("pack", type=click.Path(path_type=Path))
@click.option("--out", "output", type=click.Path(path_type=Path),
              help="The pack to write.  [default: PACK itself, replaced when all is done]")  # fmt: skip
@click.option("--explainer", type=click.Choice(["template", "openai", "none"]), default="template",
              show_default=True, help="Who writes the sentences: a template, from the token graph; "
              "a language model; or nobody, to score those that are there.")  # fmt: skip
@click.option("--simulator", type=click.Choice(["token-graph", "openai", "none"]),
              help="Who foretells activations from a sentence, to score it: the token graph, for a "
              "template's sentences; or a language model.  [default: token-graph, or openai with "
              "another explainer]")  # fmt: skip
@click.option("--model", help="The language model, by its endpoint's name.")
@click.option("--where", multiple=True, metavar="CONDITION",
              help="Which neurons: layers=0-4, neurons=0-99, ids=MODEL/LAYER/INDEX,…, unexplained, "
              "unscored, score<0.3. Repeatable: all must hold.  [default: all]")  # fmt: skip
@click.option("--dry-run", is_flag=True,
              help="Ask nothing: say how many neurons, calls, tokens and dollars it would be.")  # fmt: skip
@click.option("--budget", type=click.FloatRange(0, min_open=True), metavar="USD",
              help=f"Stop before all answers together cost more. Needs a price in {PRICE}.")  # fmt: skip
@click.option("--concurrency", type=click.IntRange(1), default=16, show_default=True,
              help="Requests under way at once.")  # fmt: skip
@click.option("--requests-per-minute", type=click.FloatRange(0, min_open=True),
              help="At most.  [default: no limit]")  # fmt: skip
@click.option("--tokens-per-minute", type=click.FloatRange(0, min_open=True),
              help="Of prompts and answers, at most.  [default: no limit]")  # fmt: skip
@click.option("--timeout", type=click.FloatRange(0, min_open=True), default=120.0,
              show_default=True, help="Seconds to wait for an answer.")  # fmt: skip
@click.option("--retries", type=click.IntRange(0), default=10, show_default=True,
              help="Attempts after the first, when the endpoint is busy or broken.")  # fmt: skip
@click.option("--answers", type=click.Path(path_type=Path),
              help="The folder that keeps every answer.  [default: PACK.answers]")  # fmt: skip
@click.option("--patterns", is_flag=True,
              help="Show the explainer the token graph's patterns too.")  # fmt: skip
@click.option("--groups", type=click.IntRange(1), default=1, show_default=True,
              help="Explain a neuron that fires on unlike things also part by part: at most so "
              "many parts, by the roots of its token graph.")  # fmt: skip
@click.option("--examples", "scored", type=click.IntRange(1), default=5, show_default=True,
              help="Examples of each kind, top and random, to score on.")  # fmt: skip
@click.option("--judge", is_flag=True, help="Also score by detection and fuzzing.")
@click.option("--refine", type=click.IntRange(0), default=0, show_default=True,
              help="Rounds of counterexamples, at most; needs --subject.")  # fmt: skip
@click.option("--subject", help="The model whose neurons they are: a name or a folder.")
@click.option("--device", default="cpu", show_default=True, help="Where the subject runs.")
@click.option("--prompts", default="1", show_default=True, help="Version of the prompts.")
def command(
    pack: Path,
    *,
    output: Path | None,
    explainer: str,
    simulator: str | None,
    where: tuple[str, ...],
    dry_run: bool,
    **options: Any,
) -> None:
    """Explain the neurons of PACK, score the explanations, and write both into the pack.

    The template and the token graph need no network: they put every neuron's token graph into
    words and say how well it foretells the neuron on texts that it was not built from.

    A language model is asked through any OpenAI-compatible endpoint: OPENAI_API_KEY and
    OPENAI_BASE_URL say which. Prices (NEUROCYPHER_PRICE, such as 0.15,0.60: dollars per million
    tokens of prompts and of answers) and the model's tokenizer (NEUROCYPHER_TOKENIZER: a
    tokenizer.json, or an encoding of tiktoken) come from the environment too.

    Every answer is kept before it is used: a job that was stopped, or killed, goes on when the
    same command is given again, and pays for no answer twice. The pack changes only when all is
    done.
    """
    stop = Stop()
    with stopped_by_signals(stop):
        _needs("numpy", "jaxtyping")
        from ingest.jobs.explaining.settings import ExplainSettings  # noqa: PLC0415  (numpy)
        from ingest.jobs.explaining.where import parse_where  # noqa: PLC0415

        simulator = simulator or ("token-graph" if explainer == "template" else "openai")
        settings = ExplainSettings(
            pack=pack,
            output=output or pack,
            explainer=explainer,
            simulator=simulator,
            where=parse_where(where),
            replace=output is None or output == pack,
            **{name: options[name] for name in _OWN},
        )
        settings.check_together()
        if settings.asks:
            endpoint = _endpoint(pack, options, dry_run=dry_run)
            settings = dataclasses.replace(settings, endpoint=endpoint)
        if dry_run:
            click.echo(_planned(settings))
            return
        _run(settings, stop)


_OWN = ("prompts", "patterns", "groups", "scored", "judge", "refine", "subject", "device")


def _run(settings: ExplainSettings, stop: Stop) -> None:
    from ingest.jobs.explaining.pipeline import explain_pack  # noqa: PLC0415  (numpy)
    from ingest.jobs.explaining.summary import distribution  # noqa: PLC0415

    model = None
    if settings.refine and settings.subject is not None:
        _needs("torch", "transformer_lens", extra="model")
        from ingest.jobs.explaining.subject import ModelReads  # noqa: PLC0415  (torch: seconds)

        model = ModelReads(settings.subject, settings.device)
    report = explain_pack(settings, progress=progress_for_this_terminal(), stop=stop, model=model)
    click.echo(_said(report))
    table = distribution(settings.output)
    if table:
        click.echo(f"\n{table}\n")
    click.echo(
        f"The pack is {settings.output}. Load it into a graph:\n"
        f"  neurocypher load {settings.output} --graph ladybug://graph.lbug"
    )


def _endpoint(pack: Path, options: Mapping[str, Any], *, dry_run: bool) -> EndpointSettings:
    """Where the language model is. Raises ExplainError if it is not said."""
    from ingest.endpoint.settings import EndpointSettings, parse_price  # noqa: PLC0415

    given = model_settings()
    if options["model"] is None:
        raise ExplainError("no language model is named: give --model NAME.")
    if given.api_key is None and not dry_run:
        raise ExplainError(
            f"no key is set: put the endpoint's key into {OPENAI_KEY} (any text, if it asks none)."
        )
    price = None if given.price is None else parse_price(given.price)
    if options["budget"] is not None and price is None:
        raise ExplainError(
            f"a budget needs a price: set {PRICE} to dollars per million tokens of prompts and of "
            f"answers, such as 0.15,0.60."
        )
    if not dry_run:
        _needs("openai", "tokenizers")
    return EndpointSettings(
        model=options["model"],
        base_url=given.base_url.rstrip("/"),
        api_key=given.api_key or "",
        answers=options["answers"] or pack.with_name(f"{pack.name}.answers"),
        price=price,
        tokenizer=given.tokenizer,
        **{name: options[name] for name in _LIMITS},
    )


_LIMITS = (
    "concurrency", "requests_per_minute", "tokens_per_minute", "timeout", "retries", "budget",
)  # fmt: skip


def _planned(settings: ExplainSettings) -> str:
    """What a dry run says."""
    from ingest.jobs.explaining.plan import dry_run  # noqa: PLC0415  (numpy)

    plan = dry_run(settings)
    lines = [f"{plan.neurons:,} neurons"]
    kinds = list(plan.kinds.values())
    for name, kind in plan.kinds.items():
        lines.append(f"{name}: {_counted([kind], exact=plan.exact)}")
    if kinds:
        lines.append(f"in all: {_counted(kinds, exact=plan.exact)}")
    price = settings.endpoint.price if settings.endpoint is not None else None
    if kinds and price is not None:
        prompts = sum(kind.prompt_tokens for kind in kinds)
        answers = sum(kind.answer_tokens for kind in kinds)
        lines.append(
            f"${price.of(prompts, answers):.4f} at most, ${price.of(prompts, 0):.4f} of it for the "
            f"prompts: few answers are as long as they may be"
        )
    if any(kind.bounded for kind in kinds):
        lines.append(
            "What is yet to be written and goes into a prompt is taken to be as long as it may be."
        )
    if kinds:
        lines.append("An answer that is not what was asked for is asked for again, twice at most.")
    if not plan.exact:
        lines.append(f"No tokenizer: tokens are bounded by bytes. Set {TOKENIZER} to count them.")
    return "\n".join(lines)


def _counted(kinds: Sequence[Planned], *, exact: bool) -> str:
    """Calls and tokens, exact where they can be."""
    new = sum(kind.calls - kind.kept for kind in kinds)
    uncertain = any(kind.uncertain for kind in kinds)
    bounded = uncertain or not exact or any(kind.bounded for kind in kinds)
    return (
        f"{'at most ' if uncertain else ''}{new:,} calls "
        f"({sum(kind.kept for kind in kinds):,} answers are there), "
        f"{'at most ' if bounded else ''}{sum(kind.prompt_tokens for kind in kinds):,} prompt "
        f"tokens, at most {sum(kind.answer_tokens for kind in kinds):,} in answers"
    )


def _said(report: Report) -> str:
    lines = [
        f"{report.neurons:,} neurons; {report.explanations:,} new explanations; "
        f"{report.scored:,} scored"
    ]
    if report.revisions:
        lines.append(f"{report.revisions:,} revisions, of which {report.better:,} scored better")
    if report.calls or report.reused:
        money = "" if report.spent is None else f"; ${report.spent:.4f} spent in all"
        lines.append(
            f"{report.calls:,} calls, {report.reused:,} answers were there; "
            f"{report.prompt_tokens:,} prompt tokens, {report.completion_tokens:,} in answers{money}"
        )
    for reason, count in sorted(report.lacks.items(), key=lambda item: (-item[1], item[0])):
        lines.append(f"{count:>8,} without {reason}")
    return "\n".join(lines)


def _needs(*modules: str, extra: str = "openai") -> None:
    missing = [name for name in modules if importlib.util.find_spec(name) is None]
    if missing:
        raise MissingExtraError(
            f"explaining needs {', '.join(missing)}, not installed here. "
            f"Run: pip install 'neurocypher[{extra}]'"
        )
