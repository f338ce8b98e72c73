"""What mining kept of a layer, put together for token graphs, neuron by neuron."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int32, Int64

from ingest.jobs.reading import activations_on, places_of
from ingest.layers import NeuronLayer
from ingest.mining.evidence import POWER
from ingest.mining.kept import Kept, KeptLayer
from ingest.mining.tokens import TokenizedCorpus
from ingest.n2g.build import HeldOut, Known
from ingest.n2g.evidence import Text, windows
from ingest.n2g.fit import MAX_DEPTH
from ingest.n2g.validate import Passages
from ingest.n2g.weigh import Places, Sources
from ingest.subject import Subject

JUDGED = 10
"""Held-out texts on which a neuron fires most that its graph is judged on."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The random sample of the corpus, for the layers one after the other."""

    corpus: TokenizedCorpus
    places: Int64[np.ndarray, " place"]
    """Of the texts to build from."""
    contexts: Int32[np.ndarray, "place back"]
    rate: float
    """Their share of all places that are built from."""
    held_out: Passages
    """The texts to judge on."""

    @classmethod
    def of(cls, corpus: TokenizedCorpus) -> Sample:
        """That of a corpus."""
        places = places_of(corpus, corpus.sample)
        texts = [corpus.text(int(chunk)) for chunk in corpus.sample]
        none = np.zeros((0, MAX_DEPTH + 1), np.int32)
        numbers = np.arange(corpus.n_chunks)
        built = ~corpus.held_out & (corpus.firsts == numbers)
        n_built = int(corpus.lengths(numbers[built]).sum())
        return cls(
            corpus,
            places,
            np.concatenate([none, *(windows(text, MAX_DEPTH) for text in texts)]),
            len(places) / n_built if n_built else 0.0,
            Passages.of([corpus.text(int(chunk)) for chunk in corpus.held_out_sample]),
        )


class Block:
    """Some consecutive neurons of a layer and all that is known of them."""

    def __init__(
        self,
        subject: Subject,
        kept: Kept,
        sample: Sample,
        *,
        layer: NeuronLayer,
        neurons: slice,
        batch_size: int,
    ) -> None:
        self._layer: KeptLayer = kept.layer(layer.name)
        self._sample = sample
        self._corpus = kept.corpus
        self._first = neurons.start
        self._built, self._judged = (
            activations_on(
                subject, kept.corpus, chunks, layer=layer, neurons=neurons, batch_size=batch_size
            )
            for chunks in (kept.corpus.sample, kept.corpus.held_out_sample)
        )

    def known(self, index: int) -> Known:
        """What the graph of a neuron that fires is built from."""
        layer, corpus = self._layer, self._corpus
        maximum = float(layer.maximum[index])
        texts, chunks = self._texts(layer.top_chunks, layer.top_activations, index)
        evidence = np.asarray(layer.evidence_places[index])
        evidence = evidence[evidence >= 0]
        firing = layer.evidence_activations[index, : len(evidence)].astype(np.float64)
        sources = Sources(
            top=Places(
                places_of(corpus, chunks),
                np.concatenate(
                    [
                        np.zeros((0, MAX_DEPTH + 1), np.int32),
                        *(windows(text.tokens, MAX_DEPTH) for text in texts),
                    ]
                ),
                np.concatenate([np.zeros(0), *(text.shares for text in texts)]),
            ),
            firing=Places(evidence, corpus.windows(evidence, MAX_DEPTH), firing / maximum),
            power=POWER,
            bound=float(layer.evidence_bounds[index]) / maximum,
            random=Places(
                self._sample.places,
                self._sample.contexts,
                self._shares(self._built, index, maximum),
            ),
            rate=self._sample.rate,
        )
        return Known(index, maximum, tuple(texts), sources)

    def held_out(self, index: int) -> tuple[HeldOut, HeldOut]:
        """The texts to judge a neuron's graph on: those where it fires most, and random ones."""
        layer = self._layer
        maximum = float(layer.maximum[index])
        texts, _ = self._texts(layer.held_out_chunks, layer.held_out_activations, index, JUDGED)
        return (
            HeldOut(
                Passages.of([text.tokens for text in texts]),
                np.concatenate([np.zeros(0), *(text.shares for text in texts)]),
            ),
            HeldOut(self._sample.held_out, self._shares(self._judged, index, maximum)),
        )

    def _shares(
        self, activations: Float32[np.ndarray, "neuron place"], index: int, maximum: float
    ) -> np.ndarray:
        found: np.ndarray = activations[index - self._first].astype(np.float64) / maximum
        return found

    def _texts(
        self,
        chunks: Int64[np.ndarray, "neuron rank"],
        activations: Float32[np.ndarray, "neuron rank position"],
        index: int,
        most: int | None = None,
    ) -> tuple[list[Text], Int64[np.ndarray, " chunk"]]:
        mine = np.asarray(chunks[index][:most])
        mine = mine[mine >= 0]
        maximum = float(self._layer.maximum[index])
        texts = []
        for rank, chunk in enumerate(mine.tolist()):
            tokens = self._corpus.text(chunk)
            shares = activations[index, rank, : len(tokens)].astype(np.float64) / maximum
            texts.append(Text(np.asarray(tokens), shares))
        return texts, mine
