"""Neuronpedia's exports at a URL whose files cannot be listed: where they are follows from names.

{…}/v1/{model}/{source}/{features,explanations,activations}/batch-{0, 1, 2, …}.jsonl.gz
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count

from ingest.errors import SourceError
from ingest.sources.format import Wanted
from ingest.sources.neuronpedia import KINDS, SOURCE
from ingest.sources.remote import Remote

_MODEL = re.compile(r"/v1/([^/]+)(?:/|\Z)")
_AT_ONCE = 8
"""Batches that are asked for at the same time."""


def model_at(url: str) -> str | None:
    """The model that a URL names."""
    match = _MODEL.search(url)
    return match[1] if match else None


def batches_at(tree: Remote, wanted: Wanted) -> dict[str, str]:
    """The batches of the sources that are wanted, features first, each with its source.

    Raises SourceError if neither the URL nor `--layers` names a source.
    """
    last = tree.name.rsplit("/", 1)[-1]
    folders = {last: ""} if SOURCE.match(last) else {s: f"{s}/" for s in wanted.layers.each()}
    if not folders:
        raise SourceError(
            f"the files at {tree.name} cannot be listed. Name sources with --layers, such as "
            f"6-res-jb, or the URL of one, or fetch all and name the folder."
        )
    return {
        name: source
        for kind in KINDS
        for source, folder in folders.items()
        for name in _batches(tree, f"{folder}{kind}")
    }


def _batches(tree: Remote, folder: str) -> Iterator[str]:
    """Batches are counted from 0: those before the first that is not there."""
    for first in count(0, _AT_ONCE):
        names = [f"{folder}/batch-{n}.jsonl.gz" for n in range(first, first + _AT_ONCE)]
        for name, is_there in zip(names, tree.present(names), strict=True):
            if not is_there:
                return
            yield name
