"""Rows on their way to a pack: collected, taken back with a bad record, written when many."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Protocol, TypeVar, cast

import pyarrow as pa

from cypher.pack import PackWriter
from ingest.sources.beside import Beside
from ingest.sources.column_rows import Column, ColumnRows
from ingest.sources.drawn_rows import DrawnRows
from ingest.sources.example_rows import ExampleRows
from ingest.sources.known_texts import KnownTexts
from ingest.sources.text_rows import TextRows, Texts
from ingest.sources.unranked import RANKED, UnrankedWriter

Row = dict[str, object]
B = TypeVar("B", bound="Counted")
_TOKENS_AT_ONCE = 2_000_000
"""Tokens of examples, or of judgements, that are kept in memory before they are written: eight bytes
each."""
_TEXT_AT_ONCE = 16 << 20
"""Bytes of texts, as JSON, that are kept in memory: as Arrow's columns they are three times as many."""
_SIMULATED_AT_ONCE = 400_000
"""The same of simulations, which are rows of Python's numbers."""
_ROWS_AT_ONCE = 200_000


RUNLESS = frozenset({
    "Model", "Layer", "HAS_LAYER", "Neuron", "HAS_NEURON", "Token", "Word", "FORM_OF", "Sequence"
})  # fmt: skip
"""Tables whose rows belong to no run, or, of neurons, only where something is measured."""


class Batch(Protocol):
    """Rows that become tables beside what comes next."""

    def __len__(self) -> int:
        """How many things it has rows of."""
        ...

    def tables(self) -> Mapping[str, pa.Table]:
        """All rows, by table. Raises SourceError."""
        ...


class Counted(Batch, Protocol):
    """The same of a format's own, where no record is taken back."""

    @property
    def n_rows(self) -> int:
        """As how many rows these are to count where it is asked whether they are many."""
        ...


@dataclass(frozen=True, slots=True)
class Mark:
    """What had been collected at some time."""

    rows: Mapping[str, int]
    """By table."""
    columns: Mapping[str, int]
    """The same of those that came by columns."""
    examples: int
    graphs: int
    texts: int


class Outbox:
    """Rows that are not written yet, and the pack that they go to."""

    def __init__(
        self, model: str, source: str, run_id: str, writer: PackWriter, beside: Beside,
        *, unranked: UnrankedWriter, known_texts: KnownTexts, skip_bad: bool,
    ) -> None:  # fmt: skip
        """Of what is taken back, where bad records are skipped, nothing is looked at later."""
        self._writer, self._unranked, self._beside = writer, unranked, beside
        self._known_texts = known_texts
        self._tables: dict[str, list[Row]] = defaultdict(list)
        self._columns: dict[str, ColumnRows] = defaultdict(ColumnRows)
        self._model = model
        self._skip_bad = skip_bad
        self._texts = TextRows(model)
        self._source, self._run_id = source, run_id
        self.examples = ExampleRows(source, run_id)
        self.graphs = DrawnRows(run_id)
        self._batches: dict[type[Counted], Counted] = {}
        self._n_added = 0
        """Rows that came one by one or by columns, and those of them that were taken back."""
        self.n_simulated = 0
        """Tokens of simulations among the rows."""
        self.n_judged = 0
        """Tokens of judgements among the rows, which are eight bytes each."""
        self.counts: Counter[str] = Counter()
        """Rows that were written, by table."""

    def add(self, table: str, columns: Row) -> None:
        """Add a row."""
        self._tables[table].append(columns)
        self._n_added += 1

    def add_columns(self, table: str, columns: Mapping[str, Column]) -> None:
        """Add rows by columns, of a run if the table's are: of one table each time the same ones."""
        self._n_added += self._columns[table].add(columns)

    def batch(self, kind: type[B], make: Callable[[], B]) -> B:
        """What waits of a kind of batch; made if nothing does."""
        if kind not in self._batches:
            self._batches[kind] = make()
        return cast("B", self._batches[kind])

    def ids(self, table: str) -> Iterable[str]:
        """Ids of the nodes among the rows of a table."""
        return (str(row["id"]) for row in self._tables.get(table, ()))

    def add_texts(self, texts: Texts) -> None:
        """Add those of some texts that are not among the rows, and that no unit has written."""
        places = self._known_texts.add_new(texts.ids)
        if places:
            self._texts.add(texts, places)

    def settle(self) -> None:
        """Look at what may be taken back. Raises SourceError if a token is no text."""
        if self._skip_bad:
            self._texts.check()

    def mark(self) -> Mark:
        """Remember what is collected now. Raises SourceError as `settle`."""
        self.settle()
        rows = {name: len(rows) for name, rows in self._tables.items()}
        columns = {name: len(rows) for name, rows in self._columns.items()}
        return Mark(rows, columns, len(self.examples), len(self.graphs), len(self._texts))

    def take_back(self, mark: Mark) -> None:
        """Drop all that was added since."""
        for name, rows in self._tables.items():
            del rows[mark.rows.get(name, 0) :]
        for name, columns in self._columns.items():
            columns.truncate(mark.columns.get(name, 0))
        self.examples.truncate(mark.examples)
        self.graphs.truncate(mark.graphs)
        self._known_texts.forget(self._texts.truncate(mark.texts))

    def write_if_many(self) -> None:
        """Write, if it is time: between two records.

        Texts and examples alone where only they are many: packing a few rows of each other table
        would take as long.
        """
        are_long = self.n_simulated >= _SIMULATED_AT_ONCE or self.n_judged >= _TOKENS_AT_ONCE
        if are_long or self._n_rows >= _ROWS_AT_ONCE:
            self.write()
        elif self._texts.n_bytes >= _TEXT_AT_ONCE or self.examples.n_tokens >= _TOKENS_AT_ONCE:
            self._write({}, {}, [])

    @property
    def _n_rows(self) -> int:
        made = sum([batch.n_rows for batch in self._batches.values()])
        return self._n_added + self.graphs.n_rows + made

    def write(self) -> None:
        """Write all, beside what comes next. Raises what writing before this has raised."""
        batches = [self.graphs, *self._batches.values()]
        self._write(self._tables, self._columns, batches)
        self._tables, self._columns = defaultdict(list), defaultdict(ColumnRows)
        self.graphs = DrawnRows(self._run_id)
        self._batches = {}
        self._n_added = self.n_simulated = self.n_judged = 0

    def _write(
        self,
        tables: Mapping[str, list[Row]],
        columns: Mapping[str, ColumnRows],
        batches: Sequence[Batch],
    ) -> None:
        found: list[Batch] = [self.examples, self._texts, *batches]
        made = [self._beside.ask(batch.tables) for batch in found if len(batch)]
        self._beside.do(partial(self._pack, tables, columns, made))
        self._texts = TextRows(self._model)
        self.examples = ExampleRows(self._source, self._run_id)

    def _pack(
        self,
        tables: Mapping[str, list[Row]],
        columns: Mapping[str, ColumnRows],
        made: Sequence[Future[Mapping[str, pa.Table]]],
    ) -> None:
        with self._beside.side_by_side() as pack:
            for name, rows in tables.items():
                pack(name, partial(self._writer.add, name, rows))
                self.counts[name] += len(rows)
            for name, own in columns.items():
                pack(name, partial(self._pack_columns, name, own))
                self.counts[name] += len(own)
            for name, table in chain.from_iterable(found.result().items() for found in made):
                pack(name, partial(self._pack_table, name, table))
                self.counts[name] += len(table)

    def _pack_table(self, name: str, table: pa.Table) -> None:
        if name in RANKED:
            self._unranked.add(name, table)
        else:
            self._writer.add(name, table, distinct=name == "Sequence")

    def _pack_columns(self, name: str, rows: ColumnRows) -> None:
        self._writer.add(name, rows.table(name, None if name in RUNLESS else self._run_id))
