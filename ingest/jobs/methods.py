"""The ways to make token graphs: our own, and Neuron to Graph as it was published."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from jaxtyping import Float

from ingest.jobs.sources import Block
from ingest.n2g.build import Judged, Known, Predict, Setting, experiment, judged, made
from ingest.n2g.evidence import gather
from ingest.n2g.fit import MAX_DEPTH
from ingest.n2g.trie import Node
from ingest.n2g.validate import Passages
from ingest.n2g2023.build import TopTexts, published_graphs
from ingest.n2g2023.predict import PublishedRunner
from ingest.n2g2023.vocabulary import Vocabulary

N2G, N2G_2023 = "n2g", "n2g-2023"


def graphs(
    method: str, known: Sequence[Known], block: Block, setting: Setting, texts: Sequence[str]
) -> Iterator[Judged]:
    """The judged graph of each neuron. `texts` are the tokens' exact texts, by id."""
    if method == N2G_2023:
        yield from _published(known, block, setting, texts)
        return
    tested = experiment(known, setting)
    for neuron in known:
        roots, evidence = made(neuron, tested.get(neuron.index, ()), setting.fit)
        top, random = block.held_out(neuron.index)
        yield judged(neuron, roots, evidence, top=top, random=random)


def _published(
    known: Sequence[Known], block: Block, setting: Setting, texts: Sequence[str]
) -> Iterator[Judged]:
    """The baselines beside it are made of the top texts alone, as it is."""
    found = published_graphs(
        [TopTexts(neuron.index, neuron.maximum, neuron.texts) for neuron in known],
        model=setting.model,
        layer=setting.layer,
        begin=setting.begin,
        vocabulary=Vocabulary.of(texts),
    )
    for neuron, (_, roots) in zip(known, found, strict=True):
        top, random = block.held_out(neuron.index)
        evidence = gather(neuron.texts, MAX_DEPTH)
        yield judged(
            neuron, roots, evidence, top=top, random=random, predict=published_predict(roots)
        )


def published_predict(roots: tuple[Node, ...]) -> Predict:
    """A published graph's predictions, text by text."""
    runner = PublishedRunner(roots)

    def predict(passages: Passages) -> Float[np.ndarray, " place"]:
        return np.concatenate([np.zeros(0), *(runner(text) for text in passages.texts)])

    return predict
