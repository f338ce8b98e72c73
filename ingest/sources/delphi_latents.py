"""Activations of latents as delphi caches them: where each latent fires, in safetensors files.

Of each latent the statistics over all tokens are kept, and the texts on which it fires most: the
windows that the cached sequences are cut into, as delphi's own constructor of examples does.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open

from cypher import ids
from ingest.errors import SourceError
from ingest.sources.samples import Samples
from ingest.sources.sink import Sink
from ingest.sources.tree import Tree, copy_file, place_of

TOP = 20
"""Examples of a latent."""
NO_TEXTS = "the cache has numbers of tokens only: put the model's tokenizer.json beside it"
NEVER_FIRES = "never fires"
_MOST = 1 << 24
"""Latents of a file: more than any layer has."""
_LARGEST = np.finfo(np.float32).max
"""Of activations: the sum of the squares of as many as there are is a number, too."""
_NEEDED = ("locations", "activations", "tokens")


@dataclass(frozen=True, slots=True)
class _Cached:
    """A file's content, in the order of latents."""

    latents: np.ndarray
    """Places within the layer, ascending."""
    rows: np.ndarray
    """The sequence that each stands in."""
    positions: np.ndarray
    """The token of that sequence."""
    activations: np.ndarray
    tokens: np.ndarray
    """Numbers of tokens, by sequence and position."""


def add_activations(
    sink: Sink,
    tree: Tree,
    name: str,
    layer: str,
    span: tuple[int, int],
    *,
    texts: Sequence[str] | None,
    length: int,
) -> None:
    """Statistics and examples of the latents `span`, first and last, that a file is about."""
    first, last = span
    cached = None
    with sink.record(None, "activations"):
        if not 0 <= last - first < _MOST:
            raise SourceError(
                f"{place_of(tree, name)}: found the latents {first} to {last} named, expected a "
                f"first and a last one, of up to {_MOST:,}."
            )
        cached = _read(tree, name, first, last, texts)
    if cached is None:
        return
    edges = np.searchsorted(cached.latents, np.arange(first, last + 2))
    for index in range(first, last + 1):
        if not sink.wanted.neurons.holds(index):
            continue
        begin, end = (int(edge) for edge in edges[index - first : index - first + 2])
        with sink.record(ids.neuron_id(sink.model, layer, index), "examples"):
            neuron = sink.neuron(layer, index)
            values = cached.activations[begin:end]
            sink.measurement(neuron, **_statistics(values, cached.tokens.size))
            if texts is None:
                sink.lacks(neuron, "examples", NO_TEXTS)
            elif begin == end:
                sink.lacks(neuron, "examples", NEVER_FIRES)
            else:
                strongest = list(_strongest(cached, slice(begin, end), texts, length))
                sink.examples(neuron, {"top": len(strongest)}, Samples.of(strongest))


def _statistics(values: np.ndarray, n_tokens: int) -> dict[str, object]:
    """Over all tokens: where it is not cached it is zero."""
    mean = float(values.sum() / n_tokens)
    square = float((values**2).sum() / n_tokens)
    if len(values) < n_tokens:
        values = np.append(values, 0.0)
    return {
        "max_activation": float(values.max()),
        "min_activation": float(values.min()),
        "mean_activation": mean,
        "variance": max(square - mean**2, 0.0),
        "density": float((values > 0).sum() / n_tokens),
        "n_tokens": n_tokens,
    }


def _strongest(
    cached: _Cached, part: slice, texts: Sequence[str], length: int
) -> Iterator[tuple[list[str], list[float]]]:
    """The windows of a latent's largest activations, each once; equals in the cache's order."""
    width = cached.tokens.shape[1]
    rows, positions = cached.rows[part], cached.positions[part]
    values = cached.activations[part]
    per_row = -(-width // length)
    windows = rows * per_row + positions // length
    order = np.lexsort([windows, -values])
    _, places = np.unique(windows[order], return_index=True)
    for window in windows[order][np.sort(places)][:TOP].tolist():
        row, begin = window // per_row, window % per_row * length
        here = windows == window
        activations = np.zeros(min(length, width - begin))
        activations[positions[here] - begin] = values[here]
        numbers = cached.tokens[row, begin : begin + length].tolist()
        yield [texts[number] for number in numbers], activations.tolist()


def _read(tree: Tree, name: str, first: int, last: int, texts: Sequence[str] | None) -> _Cached:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "latents.safetensors"
        copy_file(tree, name, path)
        try:
            with safe_open(path, framework="numpy") as file:
                missing = set(_NEEDED) - set(file.keys())
                if missing:
                    raise _wrong(tree, name, min(missing), "nothing", "a tensor")
                locations, activations, tokens = (file.get_tensor(key) for key in _NEEDED)
        except (SafetensorError, ValueError, TypeError, AttributeError) as error:
            raise _wrong(tree, name, "header", str(error), "a safetensors file that NumPy reads") from error  # fmt: skip
    _check(tree, name, locations, activations, tokens)
    latents = locations[:, 2].astype(np.int64) + first
    bounds = (
        ("locations", "rows", locations[:, 0], len(tokens)),
        ("locations", "positions", locations[:, 1], tokens.shape[1]),
        ("locations", "latents", locations[:, 2], last - first + 1),
        *([("tokens", "numbers", tokens.ravel(), len(texts))] if texts is not None else []),
    )
    for field, what, values, below in bounds:
        if values.size and (int(values.max()) >= below or int(values.min()) < 0):
            raise _wrong(tree, name, field, f"{what} up to {int(values.max())}", f"such below {below}")  # fmt: skip
    order = np.lexsort([locations[:, 1], locations[:, 0], latents])
    return _Cached(
        latents[order],
        locations[order, 0].astype(np.int64),
        locations[order, 1].astype(np.int64),
        activations[order].astype(np.float64),
        tokens,
    )


def _check(
    tree: Tree, name: str, locations: np.ndarray, activations: np.ndarray, tokens: np.ndarray
) -> None:
    """Raise SourceError unless the tensors have the shapes and types of the format."""
    whole = all(np.issubdtype(found.dtype, np.integer) for found in (locations, tokens))
    if locations.ndim != 2 or locations.shape[1] != 3 or not whole:
        raise _wrong(tree, name, "locations", f"{locations.dtype}{list(locations.shape)}", "whole numbers [n, 3]")  # fmt: skip
    if activations.shape != locations.shape[:1] or not np.issubdtype(activations.dtype, np.floating):  # fmt: skip
        raise _wrong(tree, name, "activations", f"{activations.dtype}{list(activations.shape)}", f"{len(locations)} numbers")  # fmt: skip
    if not (np.abs(activations) <= _LARGEST).all():
        raise _wrong(tree, name, "activations", "NaN or infinity", "finite numbers of 32 bits")
    if tokens.ndim != 2 or not tokens.size:
        raise _wrong(tree, name, "tokens", f"shape {list(tokens.shape)}", "[sequence, position]")


def _wrong(tree: Tree, name: str, field: str, found: str, expected: str) -> SourceError:
    return SourceError(
        f"{place_of(tree, name)}, field {field}: found {found}, expected {expected}."
    )
