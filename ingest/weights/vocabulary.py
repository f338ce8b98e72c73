"""A model's token ids by their exact texts, of which several ids may have one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Int64

from ingest.weights.strongest import Candidates, Search, strongest
from ingest.weights.vectors import Vectors


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The texts of a model's tokens, each once, and which ids have them."""

    texts: tuple[str, ...]
    """In order."""
    text_of: Int64[np.ndarray, " id"]
    """Place in `texts` of each token id."""
    rounds: tuple[Int64[np.ndarray, " _"], ...]
    """All token ids, in as few sets as can be so that none has two of one text."""


def vocabulary(texts: Sequence[str], n_ids: int) -> Vocabulary:
    """Of the first `n_ids` token ids, or as many as have a text."""
    kept = texts[:n_ids]
    distinct = tuple(sorted(set(kept)))
    place = {text: at for at, text in enumerate(distinct)}
    text_of = np.array([place[text] for text in kept], np.int64)
    seen = [0] * len(distinct)
    rounds: list[list[int]] = []
    for token, text in enumerate(text_of.tolist()):
        if seen[text] == len(rounds):
            rounds.append([])
        rounds[seen[text]].append(token)
        seen[text] += 1
    return Vocabulary(distinct, text_of, tuple(np.array(tokens) for tokens in rounds))


def strongest_texts(
    vectors: Vectors, tokens: Vectors, known: Vocabulary, search: Search
) -> Iterator[Candidates]:
    """As `strongest`, with one of `tokens` per id, but the targets are places in `known.texts`.

    A text may stand more than once, with the products of several of its ids. None is missed:
    a text that is among the best has an id that is among the best of its set.
    """
    rounds = [
        strongest(vectors, [tokens.only(torch.from_numpy(ids))], search) for ids in known.rounds
    ]
    for parts in zip(*rounds, strict=True):
        found = zip(known.rounds, parts, strict=True)
        targets = [known.text_of[ids[part.targets]] for ids, part in found]
        weights = [part.weights for part in parts]
        yield Candidates(
            parts[0].first, np.concatenate(targets, axis=1), np.concatenate(weights, axis=1)
        )
