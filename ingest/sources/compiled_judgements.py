"""Delphi's judgements by the compiled reader, which also makes their rows."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial

from cypher import ids
from cypher.native import IS_THERE, native
from ingest.sources.ahead import MOST_BYTES, ahead, asked_in_turn, together
from ingest.sources.delphi_judgements import Counts, measures_of, tokens_of
from ingest.sources.judgement_rows import JudgementRows, Scored
from ingest.sources.samples import Samples
from ingest.sources.sink import Sink
from ingest.sources.tree import Folder, Tree

_FILES = 32
"""Which are read together."""


@dataclass(frozen=True, slots=True)
class FileJudgements:
    """The judgements of a file."""

    file: str
    of: native.Judgements
    at: int
    n_rows: int
    counts: Counts


Judged = Callable[[str], FileJudgements | None]
"""Gives the judgements of a file by its name; None of one that is left to others."""


@contextmanager
def judged_ahead(tree: Tree, names: Sequence[str], sink: Sink) -> Iterator[Judged | None]:
    """What gives the judgements in files, which are asked for once each, in the order of `names`.

    None where it is not there, or records may have to be taken back.
    """
    if not IS_THERE or not isinstance(tree, Folder) or sink.skip_bad:
        yield None
        return
    plain = [name for name in names if not name.endswith(".gz")]
    digests = ids.sequence_digests(sink.model)
    with closing(ahead(_read(tree, plain, digests))) as found:
        yield asked_in_turn(found, plain)


def _read(
    tree: Folder, names: Sequence[str], digests: tuple[bytes, int]
) -> Generator[dict[str, FileJudgements | None]]:
    """Judgements by the names of their files, some at a time."""
    for some in together(names, _FILES):
        of = native.read_judgements(tree.paths(some), MOST_BYTES, digests)
        counts = map(of.counts, range(len(some)))
        yield {
            name: None if told is None else FileJudgements(name, of, at, told[0], Counts(*told[1:]))
            for at, (name, told) in enumerate(zip(some, counts, strict=True))
        }


def add_compiled(
    sink: Sink, explanation: str, kind: str, judged: FileJudgements, model: str | None
) -> None:
    """Each judgement, and what they come to."""
    own, json, lengths = judged.of.texts(judged.at)
    samples = Samples(json, (), lengths, partial(tokens_of, json, judged.file), own)
    sink.sequences(samples, judged=True)
    found = measures_of(judged.counts, judged.of.likely(judged.at))
    scored = Scored(explanation, kind, model, found, judged.counts.n_read)
    rows = sink.batch(JudgementRows, partial(JudgementRows, sink.source, sink.run_id))
    rows.add(scored, (judged.of, judged.at), judged.n_rows)
