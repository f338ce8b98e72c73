"""A unit of a source: imported into a pack of its own, so that it need not be imported again.

PACK.work/
    unit-….json                 what a unit was about; written before its pack
    unit-….….arrows             rows that are not in its pack yet, likewise: see `unranked`
    unit-…/                     its pack; once it is there, the unit is done
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

from cypher.files import sync
from cypher.pack import Pack, PackWriter, open_pack
from ingest.jobs.work import WorkFolder
from ingest.sources.beside import Beside
from ingest.sources.format import Format, Unit, Wanted
from ingest.sources.known_texts import KnownTexts
from ingest.sources.outbox import Outbox
from ingest.sources.said import Bad, Said
from ingest.sources.sink import Sink
from ingest.sources.tree import Tree
from ingest.sources.unranked import Unranked, UnrankedWriter


@dataclass(frozen=True, slots=True)
class Done:
    """A unit whose pack is there."""

    pack: Pack
    present: Mapping[str, list[int]]
    bad: tuple[Bad, ...]
    counts: Mapping[str, int]
    unranked: Unranked


@dataclass(slots=True)
class Making:
    """What all units of an import are made with."""

    wanted: Wanted
    source: str
    run_id: str
    skip_bad: bool
    texts: KnownTexts = field(default_factory=KnownTexts)
    """Of the units before."""
    read: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    """Latents that units before had records about, by kind of record and layer."""
    named_model: str | None = None
    """The model that the first record names."""

    def remember(self, read: Mapping[str, Iterable[int]], named_model: str | None) -> None:
        """Add what a unit had."""
        for key, places in read.items():
            self.read[key].update(places)
        self.named_model = self.named_model or named_model


def import_unit(
    format_: Format, unit: Unit, tree: Tree, work: WorkFolder, making: Making, *, beside: Beside
) -> None:
    """Import a unit, or remember what it was about if its pack is there.

    Its pack is finished beside the reading of the next one. Raises SourceError, PackError, also
    of the unit before.
    """
    if pack_of(work, unit).exists():
        for shard in open_pack(pack_of(work, unit)).shards("Sequence", ["id"]):
            making.texts.update([str(own) for own in shard.column("id").to_pylist()])
        known = json.loads(_said_of(work, unit).read_bytes())
        making.remember(known["read"], known["named_model"])
        return
    with ExitStack() as unfinished:
        writer = unfinished.enter_context(PackWriter(pack_of(work, unit)))
        unranked = unfinished.enter_context(UnrankedWriter(pack_of(work, unit)))
        outbox = Outbox(
            making.wanted.model, making.source, making.run_id, writer, beside,
            unranked=unranked, known_texts=making.texts, skip_bad=making.skip_bad,
        )  # fmt: skip
        sink = Sink(
            making.wanted, making.source, making.run_id, outbox,
            said=Said(making.read, making.named_model), skip_bad=making.skip_bad,
        )  # fmt: skip
        format_.read(unit, tree, sink)
        sink.close()
        finishing = unfinished.pop_all()
    making.remember(sink.said.read, sink.said.named_model)
    beside.end(partial(_finish, finishing, _said_of(work, unit), sink.said, outbox.counts))


def _finish(writer: ExitStack, path: Path, said: Said, counts: Mapping[str, int]) -> None:
    """Write down what a unit was about; then its pack."""
    with writer:
        known = {
            "present": {layer: sorted(found) for layer, found in said.present.items()},
            "read": {key: sorted(found) for key, found in said.read.items()},
            "named_model": said.named_model,
            "bad": [asdict(bad) for bad in said.bad],
            "counts": dict(counts),
        }
        path.write_text(json.dumps(known), encoding="utf-8")
        sync(path)


def done_unit(work: WorkFolder, unit: Unit) -> Done:
    """What was imported of a unit."""
    said = json.loads(_said_of(work, unit).read_bytes())
    bad = tuple(Bad(**one) for one in said["bad"])
    pack, counts = pack_of(work, unit), said["counts"]
    return Done(open_pack(pack), said["present"], bad, counts, Unranked(pack, counts))


def pack_of(work: WorkFolder, unit: Unit) -> Path:
    """Where the pack of a unit is or will be."""
    return work.root / f"unit-{unit.name}"


def _said_of(work: WorkFolder, unit: Unit) -> Path:
    return work.root / f"unit-{unit.name}.json"
