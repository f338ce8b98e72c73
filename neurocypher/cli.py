"""`neurocypher`: the command line that puts the packages together.

Each command stands in a module of its own under `neurocypher.commands` and is imported
only when it is called, so that `--help` answers at once and nothing imports torch in vain.
"""

from __future__ import annotations

import importlib
import logging
import sys
from collections.abc import Sequence

import click

from neurocypher.failure import expected_errors

_COMMANDS = {
    "demo": "Load the packaged pack into an embedded graph and serve it.",
    "export": "Write a graph or a pack in a format that others read.",
    "explain": "Explain the neurons of a pack, and score the explanations.",
    "ingest": "Make a pack from a model and a corpus, or from published data.",
    "key": "Make a key with which somebody may ask a server.",
    "load": "Load packs into a graph.",
    "query": "Ask a graph one Cypher question.",
    "serve": "Serve a graph over HTTP: GraphQL, ad-hoc Cypher, tables for dashboards.",
    "status": "Say what is in a graph, what is missing, and which runs made it.",
}
"""Every command and what it does, here so that `--help` need not import them."""


class _LazyGroup(click.Group):
    """A group that imports a command when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"neurocypher.commands.{cmd_name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(
    cls=_LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Begin with: neurocypher demo",
)
@click.version_option(package_name="neurocypher")
def _group() -> None:
    """One graph of everything known about every neuron of a language model."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0, 1 (it failed and said why) or 2 (usage).

    Its arguments are those of the process, where none are given.
    """
    with expected_errors():
        _group(arguments)
