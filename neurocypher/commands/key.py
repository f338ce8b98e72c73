"""`neurocypher key`."""

from __future__ import annotations

from pathlib import Path

import click

from graphapi.errors import ServeError
from graphapi.keys import new_key, read_keys


@click.command(name="key")
@click.argument("name")
@click.option(
    "--file",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The file of keys, which is made if it is not there.",
)
@click.option("--rate", type=click.IntRange(1, 999_999), help="Requests in a minute of its own.")
def command(*, name: str, path: Path, rate: int | None) -> None:
    r"""Make a key with which NAME may ask a server.

    The key is shown once; the file holds its hash, so that nobody can read it from there. To
    take a key back, remove its line. A server reads the file when it starts.

    \b
    neurocypher key lab --file keys.txt
    NEUROCYPHER_KEYS=keys.txt neurocypher serve --graph demo
    curl -H 'Authorization: Bearer nc_…' localhost:8000/tables/coverage.csv
    """
    text, line = new_key(name, rate)
    if path.exists() and any(key.name == name for key in read_keys(path)):
        raise ServeError(f"{path} holds a key of the name {name}; remove its line first.")
    path.touch(mode=0o600)
    with path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    click.echo(text)
