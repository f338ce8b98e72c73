"""Where a format's records become rows of the graph, each with its run, and go to a pack."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from cypher import ids
from cypher.errors import IdError
from cypher.schema import STATISTICS
from ingest.errors import SourceError
from ingest.sources.column_rows import Column
from ingest.sources.format import Wanted
from ingest.sources.n2g_drawn import Drawn
from ingest.sources.outbox import RUNLESS, B, Outbox, Row
from ingest.sources.said import Bad, Said
from ingest.sources.samples import Samples
from ingest.sources.structure_rows import StructureRows
from ingest.sources.text_rows import Texts


class Sink:
    """Collects the rows of one unit and hands them to the unit's pack.

    Layers that are not numbers are dictionaries of latents: see `layer`.
    """

    def __init__(
        self,
        wanted: Wanted,
        source: str,
        run_id: str,
        outbox: Outbox,
        *,
        said: Said,
        skip_bad: bool,
    ) -> None:
        self.wanted, self.model = wanted, wanted.model
        self.source = source
        """Who speaks, in the graph: part of the ids of what is measured."""
        self.run_id = run_id
        self.said = said
        self._outbox = outbox
        self.skip_bad = skip_bad
        self._structure = StructureRows(self.model, outbox)
        self._tokens: set[str] = set()
        self._words: set[str] = set()
        self._lacks: dict[tuple[str, str], list[str]] = {}
        self._newly_present: list[tuple[str, int]] = []

    # What every record goes through

    @contextmanager
    def record(self, neuron: str | None, kind: str) -> Iterator[None]:
        """Within it stands one record: its rows are added together or, if it is bad, not at all.

        Raises SourceError at a bad record, unless bad records are to be skipped: then the neuron
        lacks `kind`, for the reason that the error gives.
        """
        before = self._outbox.mark() if self.skip_bad else None
        self._newly_present.clear()
        try:
            yield
            self._outbox.settle()
        except (SourceError, IdError) as error:
            if before is None:
                if isinstance(error, IdError):
                    raise SourceError(f"{neuron or self.source}: {error}") from error
                raise
            self._outbox.take_back(before)
            for layer, index in self._newly_present:
                self.said.present[layer].discard(index)
            self._forget_mentions()
            self.said.bad.append(Bad(neuron, kind, str(error)))
            if neuron is not None:
                self.lacks(neuron, kind, str(error))
        else:
            self._outbox.write_if_many()

    # Models, layers, neurons

    def facts(self, **known: object) -> None:
        """What the source says of the model: `n_layers`, `d_mlp`, … Raises SourceError."""
        self._structure.facts(known)

    def layer(
        self, name: str, *, index: int | None = None, kind: str = "mlp",
        hook_point: str | None = None, n_neurons: int | None = None,
    ) -> str:  # fmt: skip
        """The id of a layer, which will be in the pack.

        A layer whose name is a number is that block's MLP; of others `index` (its block, from 0)
        and `kind` must be given at least once. Raises SourceError where two sayings differ.
        """
        return self._structure.layer(
            name, index=index, kind=kind, hook_point=hook_point, n_neurons=n_neurons
        )

    def neuron(self, layer: str, index: int, *, present: bool = True) -> str:
        """The id of a neuron, which will be in the pack.

        It is `present` if the source says something about it, and not only speaks of it in what
        it says about another.
        """
        neuron = self._structure.neuron(layer, index)
        if present and index not in self.said.present[layer]:
            self.said.present[layer].add(index)
            self._newly_present.append((layer, index))
        return neuron

    def neurons(self, layer: str, indices: Sequence[int], *, present: bool = True) -> list[str]:
        """The same of several of one layer, in a fifth of the time for many."""
        neurons = self._structure.neurons(layer, indices)
        if present:
            newly = set(indices).difference(self.said.present[layer])
            self.said.present[layer].update(newly)
            self._newly_present.extend((layer, index) for index in newly)
        return neurons

    def lacks(self, neuron: str, kind: str, reason: str) -> None:
        """Say that the source has no `kind` of a neuron, and why."""
        key = ids.parse_neuron_id(neuron)
        self.neuron(key.layer, key.index, present=False)
        reasons = self._lacks.setdefault((neuron, kind), [])
        if reason not in reasons:
            reasons.append(reason)

    # What is measured of a neuron

    def measurement(self, neuron: str, **known: object) -> None:
        """The source's statistics of a neuron, once for each: columns of `Measurement`."""
        key = ids.parse_neuron_id(neuron)
        statistics: Row = {p.name: known.get(p.name) for p in STATISTICS}
        statistics["run_id"] = self.run_id
        self._add("Neuron", **self._structure.row(neuron, key.layer, key.index), **statistics)
        own = ids.measurement_id(neuron, self.source)
        self._add("Measurement", id=own, source=self.source, **known)
        self._add("HAS_MEASUREMENT", source=neuron, target=own)

    def sequence(self, tokens: Sequence[str]) -> str:
        """The id of a text, which will be in the pack."""
        own = ids.sequence_id(self.model, tokens)
        self._outbox.add_texts(Texts([own], Samples.of([(list(tokens), ())])))
        return own

    def sequences(
        self,
        samples: Samples,
        *,
        corpora: Sequence[str | None] | None = None,
        documents: Sequence[int] | None = None,
        judged: bool = False,
    ) -> Sequence[str]:
        """The ids of texts, which will be in the pack; `judged` if judgements hold their numbers."""
        self._outbox.n_judged += sum(samples.lengths) if judged else 0
        texts = samples.ids or ids.sequence_ids_of_json(self.model, samples.json)
        self._outbox.add_texts(Texts(texts, samples, corpora, documents))
        return texts

    def examples(
        self,
        neuron: str,
        buckets: Mapping[str, int],
        samples: Samples,
        *,
        peaks: Sequence[int] | None = None,
        corpora: Sequence[str | None] | None = None,
        documents: Sequence[int] | None = None,
        **known: Sequence[object],
    ) -> None:
        """Stretches of text: of each bucket, one after another, so many, by rank.

        The peak is the first token that fires most, if not given. `known` are further columns.
        """
        texts = self.sequences(samples, corpora=corpora, documents=documents)
        self._outbox.examples.add(
            neuron, texts, buckets=buckets, samples=samples, peaks=peaks, known=known
        )

    # What is said of a neuron

    def explanation(self, neuron: str, explainer: str, text: str, **known: object) -> str:
        """The id of a sentence; `known` are further columns of `Explanation`."""
        own = ids.explanation_id(neuron, explainer, text)
        self._add("Explanation", id=own, text=text, explainer=explainer, **known)
        self._add("HAS_EXPLANATION", source=neuron, target=own)
        return own

    def score(self, explanation: str, kind: str, value: float | None, **known: object) -> None:
        """A measurement of an explanation; `known` are further columns of `Score`."""
        examples, calibrated = known.get("examples"), known.get("calibrated")
        own = ids.score_id(
            explanation,
            self.source,
            kind,
            examples=None if examples is None else str(examples),
            calibrated=None if calibrated is None else bool(calibrated),
        )
        self._add("Score", id=own, kind=kind, source=self.source, value=value, **known)
        self._add("HAS_SCORE", source=explanation, target=own)

    def simulation(
        self,
        explanation: str,
        *,
        number: int,
        calibrated: bool,
        tokens: Sequence[str],
        expected: Sequence[float],
        **known: object,
    ) -> None:
        """What an explanation lets expect on one text; `known` are columns of `Simulation`."""
        own = ids.simulation_id(explanation, self.source, number, calibrated=calibrated)
        place: Row = {"source": self.source, "number": number, "calibrated": calibrated}
        self._add("Simulation", id=own, **place, expected_activations=expected, **known)
        self._add("HAS_SIMULATION", source=explanation, target=own)
        self._add("OF", source=own, target=self.sequence(tokens))
        self._outbox.n_simulated += len(tokens)

    def token(self, text: str) -> str:
        """The id of a token, which will be in the pack with its word. Raises IdError if empty."""
        token = ids.token_id(text)
        if token not in self._tokens:
            self._tokens.add(token)
            self._add("Token", id=token)
            self._add("FORM_OF", source=token, target=self.word(token))
        return token

    def tokens(self, texts: Iterable[str]) -> None:
        """The same of several, by columns."""
        tokens = [
            token for token in dict.fromkeys(map(ids.token_id, texts)) if token not in self._tokens
        ]
        if not tokens:
            return
        words = list(map(ids.word_id, tokens))
        self._tokens.update(tokens)
        self._outbox.add_columns("Token", {"id": tokens})
        self._outbox.add_columns("FORM_OF", {"source": tokens, "target": words})
        if new := [word for word in dict.fromkeys(words) if word not in self._words]:
            self._words.update(new)
            self._outbox.add_columns("Word", {"id": new})

    def word(self, text: str) -> str:
        """The id of a token's word, which will be in the pack. Raises IdError if it is empty."""
        word = ids.word_id(text)
        if word not in self._words:
            self._words.add(word)
            self._add("Word", id=word)
        return word

    def row(self, table: str, **columns: object) -> None:
        """A row of any other table; it gets the run."""
        self._add(table, **columns)

    def columns(self, table: str, **columns: Column) -> None:
        """Rows of any other table, by columns; they get the run."""
        self._outbox.add_columns(table, columns)

    def graph(self, graph: str, neuron: str, drawn: Drawn) -> None:
        """What hangs on a token graph, and the tokens that it gives the neuron."""
        for token in set(drawn.accepted).difference(self._tokens):
            self.token(token)
        self._outbox.graphs.add(graph, neuron, drawn)

    def batch(self, kind: type[B], make: Callable[[], B]) -> B:
        """What waits of a format's own batches; not where bad records are skipped."""
        return self._outbox.batch(kind, make)

    # Towards the pack

    def close(self) -> None:
        """Write what is left."""
        for (neuron, kind), reasons in self._lacks.items():
            more = f" (and {len(reasons) - 1} more)" if len(reasons) > 1 else ""
            self._add("LACKS", source=neuron, target=self.run_id, kind=kind,
                      reason=reasons[0] + more)  # fmt: skip
        self._structure.close()
        self._outbox.write()

    def _add(self, table: str, **columns: object) -> None:
        if table not in RUNLESS:
            columns["run_id"] = self.run_id
        self._outbox.add(table, columns)

    def _forget_mentions(self) -> None:
        """Nodes that a dropped record was the first to speak of are to be added again."""
        self._tokens, self._words = set(self._outbox.ids("Token")), set(self._outbox.ids("Word"))
        self._structure.forget_neurons()
