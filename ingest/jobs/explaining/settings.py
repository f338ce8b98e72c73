"""What `neurocypher explain` is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ingest.endpoint.settings import EndpointSettings
from ingest.errors import ExplainError
from ingest.explaining.prompting import LATEST
from ingest.jobs.explaining.where import EVERYWHERE, Where

TEMPLATE, OPENAI, TOKEN_GRAPH, NONE = "template", "openai", "token-graph", "none"
SCORE_VERSION = 1
"""Raised whenever the same simulations would give other scores."""


@dataclass(frozen=True, slots=True)
class ExplainSettings:
    """Which neurons of which pack, by whom, and scored by whom."""

    pack: Path
    output: Path
    """Where the pack with the explanations is to stand; may be `pack` itself."""
    explainer: str = TEMPLATE
    """`template`, `openai`, or `none`, to score what is there."""
    simulator: str = TOKEN_GRAPH
    """`token-graph`, `openai` or `none`."""
    endpoint: EndpointSettings | None = None
    """For `openai`."""
    where: Where = EVERYWHERE
    prompts: str = LATEST
    """Version of the prompts."""
    patterns: bool = False
    """Whether the explainer also sees patterns of the token graph."""
    groups: int = 1
    """Explanations for parts of a neuron's examples, at most; 1 for the whole alone."""
    shown: int = 10
    """Examples in a prompt, at most."""
    scored: int = 5
    """Examples of each kind (`top`, `random`) to score on, at most."""
    judge: bool = False
    """Whether detection and fuzzing are scored too."""
    judged: int = 20
    """Examples for those, at most."""
    refine: int = 0
    """Rounds of counterexamples, at most."""
    subject: str | None = None
    """The model whose neurons they are, to refine."""
    device: str = "cpu"
    replace: bool = False

    def check(self) -> None:
        """Raise ExplainError if the options do not fit together, or name no language model."""
        self.check_together()
        if self.asks and self.endpoint is None:
            raise ExplainError(
                "no language model is named: give --model NAME, and set OPENAI_API_KEY."
            )

    def check_together(self) -> None:
        """Raise ExplainError if the options do not fit together."""
        if self.explainer == NONE and self.simulator == NONE:
            raise ExplainError("there is nothing to do with --explainer none --simulator none.")
        if self.simulator == TOKEN_GRAPH and self.explainer != TEMPLATE:
            raise ExplainError(
                "a token graph does not read sentences: --simulator token-graph goes with "
                "--explainer template, whose sentences are token graphs in words. Give "
                "--simulator openai, or --simulator none."
            )
        if self.judge and self.simulator != OPENAI:
            raise ExplainError("--judge asks a language model: it needs --simulator openai.")
        if self.refine and (self.explainer != OPENAI or self.simulator != OPENAI):
            raise ExplainError("--refine needs --explainer openai and --simulator openai.")
        if self.refine and self.subject is None:
            raise ExplainError(
                "--refine runs the model whose neurons these are: name it with --subject MODEL."
            )

    @property
    def asks(self) -> bool:
        """Whether a language model is asked."""
        return OPENAI in (self.explainer, self.simulator)
