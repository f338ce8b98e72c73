"""Importing delphi's results: explanations with their scores, and activations of latents.

explanations/…_latentN.txt  scores/{fuzz,detection,simulation}/…_latentN.txt    (or at the top)
latents/{module}/{start}_{end}.safetensors
run_config.json     tokenizer.json      the models; the texts of the tokens, if it is put there
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from cypher import ids
from ingest.errors import MissingExtraError, SourceError
from ingest.sources.ahead import Open, opened_ahead
from ingest.sources.compiled_judgements import Judged, add_compiled, judged_ahead
from ingest.sources.delphi import (
    KINDS,
    SIMULATIONS,
    Subject,
    read_explanation,
    read_simulations,
    read_subject,
)
from ingest.sources.delphi_explained import add_explanation, add_judgements, add_simulations
from ingest.sources.delphi_judgements import read_judgements
from ingest.sources.documents import parse_json
from ingest.sources.fields import Record
from ingest.sources.format import Unit, Wanted, grouped
from ingest.sources.sink import Sink
from ingest.sources.token_texts import texts_beside
from ingest.sources.tree import Tree, nearest, place_of, read_file

_FILES_PER_UNIT = 4096
_TEXT = re.compile(
    r"(?:.*/)?(?P<folder>explanations|fuzz|detection|recall|simulation|simulator)/"
    r"(?P<name>[^/]+\.txt)(?:\.gz)?\Z"
)
_LATENTS = re.compile(
    r"(?:.*/)?latents/(?P<module>[^/]+)/(?P<first>\d{1,18})_(?P<last>\d{1,18})\.safetensors\Z"
)
_CONFIG = "run_config.json"
_EXPLANATIONS = "explanations"


@dataclass(frozen=True, slots=True)
class _Models:
    """What `run_config.json` says."""

    subject: str | None
    explainer: str | None
    kind: str
    """Of the layers: `sae` or `transcoder`."""
    length: int
    """Tokens per example."""


@dataclass(frozen=True, slots=True)
class _Read:
    """What is read ahead."""

    opened: Open
    judged: Judged | None
    """None where the compiled reader reads no judgements."""


class Delphi:
    """The format."""

    name = "delphi"
    version = 2

    def __init__(self) -> None:
        self._models: _Models | None = None

    def model(self, tree: Tree) -> str | None:
        """The model whose latents they are, if `run_config.json` is there."""
        return self._said(tree).subject

    def units(self, tree: Tree, wanted: Wanted) -> Iterator[Unit]:
        """All files of some latents together; then each file of activations."""
        latents: dict[tuple[str, int], list[str]] = defaultdict(list)
        for name in tree.names():
            if (match := _TEXT.match(name)) is not None:
                subject = read_subject(match["name"])
                if wanted.layers.holds(subject.layer) and wanted.neurons.holds(subject.index):
                    latents[subject.module, subject.index].append(name)
        stored = [name for name in tree.names() if _LATENTS.match(name)]
        if not latents and not stored:
            raise SourceError(
                f"{tree.name}: found no results of what is wanted, expected files such as "
                f"explanations/layers.5.mlp_latent17.txt. Name the folder of one run."
            )
        in_order = sorted(latents, key=_by_id)
        files = [name for latent in in_order for name in latents[latent]]
        yield from _whole(grouped("latents", files, _FILES_PER_UNIT), latents)
        for name in stored:
            yield Unit(f"activations-{ids.digest(name)}", (name,))

    def read(self, unit: Unit, tree: Tree, sink: Sink) -> None:
        """Each latent is one record."""
        texts: dict[Subject, dict[str, str]] = defaultdict(dict)
        for name in unit.files:
            if (match := _TEXT.match(name)) is None:
                self._read_activations(tree, name, sink)
                continue
            folders = texts[read_subject(match["name"])]
            if match["folder"] in folders:
                raise SourceError(
                    f"{place_of(tree, name)}: found a second file of its latent beside "
                    f"{folders[match['folder']]}, expected one. Import one run at a time."
                )
            folders[match["folder"]] = name
        judging = [files[kind] for files in texts.values() for kind in files if kind in KINDS]
        with judged_ahead(tree, judging, sink) as judged:
            apart = frozenset(judging if judged is not None else ())
            in_order = [name for files in texts.values() for name in _read_in_turn(files)]
            others = [name for name in in_order if name not in apart]
            with opened_ahead(tree, others, ids.sequence_digests(sink.model)) as opened:
                read = _Read(opened, judged)
                for subject, files in texts.items():
                    self._read_latent(subject, files, tree, read, sink)

    def _read_latent(
        self, subject: Subject, files: dict[str, str], tree: Tree, read: _Read, sink: Sink
    ) -> None:
        said = self._said(tree)
        layer = subject.layer
        sink.layer(layer, index=subject.block, kind=said.kind)
        neuron = ids.neuron_id(sink.model, layer, subject.index)
        explanation = None
        with sink.record(neuron, "explanation"):
            if _EXPLANATIONS not in files:
                name = next(iter(files.values()))
                raise SourceError(
                    f"{place_of(tree, name)}: found scores without an explanation, expected "
                    f"explanations/{PurePosixPath(name).name} that they are of."
                )
            sink.neuron(layer, subject.index)
            name = files[_EXPLANATIONS]
            found = read_explanation(read.opened(name), name)
            explanation = add_explanation(sink, neuron, found, said.explainer)
        for folder, name in files.items():
            if folder != _EXPLANATIONS:
                with sink.record(neuron, f"{KINDS.get(folder, folder)} scores"):
                    self._read_scores(folder, name, read, explanation, sink)

    def _read_scores(
        self, folder: str, name: str, read: _Read, explanation: str | None, sink: Sink
    ) -> None:
        """Scores of an explanation; of what is none they say nothing, and are only looked through."""
        model = self._models.explainer if self._models else None
        if folder in SIMULATIONS:
            groups = read_simulations(read.opened(name), name)
            if explanation is not None:
                add_simulations(sink, explanation, groups, model)
            return
        compiled = None if read.judged is None else read.judged(name)
        if compiled is not None:
            if explanation is not None:
                add_compiled(sink, explanation, KINDS[folder], compiled, model)
            return
        judgements = read_judgements(read.opened(name), name)
        if explanation is not None:
            add_judgements(sink, explanation, KINDS[folder], judgements, model)

    def _read_activations(self, tree: Tree, name: str, sink: Sink) -> None:
        try:
            from ingest.sources.delphi_latents import add_activations  # noqa: PLC0415
        except ImportError as error:  # of an extra
            raise MissingExtraError(
                "reading delphi's latents needs NumPy and safetensors, not installed here. "
                "Run: pip install 'neurocypher[delphi]'"
            ) from error
        match = _LATENTS.match(name)
        assert match is not None
        subject = read_subject(f"{match['module']}_latent0.txt")
        if not sink.wanted.layers.holds(subject.layer):
            return
        said = self._said(tree)
        sink.layer(subject.layer, index=subject.block, kind=said.kind)
        texts = texts_beside(tree)
        add_activations(
            sink, tree, name, subject.layer, (int(match["first"]), int(match["last"])),
            texts=texts, length=said.length,
        )  # fmt: skip

    def _said(self, tree: Tree) -> _Models:
        if self._models is None:
            self._models = _read_models(tree)
        return self._models


def _by_id(latent: tuple[str, int]) -> tuple[str, str]:
    """Puts latents of a layer in the order of the ids of what is said of them: 20@ before 2@."""
    module, index = latent
    return module, f"{index}@"


def _read_in_turn(files: dict[str, str]) -> list[str]:
    """A latent's files in the order in which they are read: what was said first, then its scores."""
    return [name for _, name in sorted(files.items(), key=lambda file: file[0] != _EXPLANATIONS)]


def _read_models(tree: Tree) -> _Models:
    name = nearest(tree, _CONFIG)
    if name is None:
        return _Models(None, None, "sae", 32)
    record = Record(parse_json(read_file(tree, name), name), name)
    model = record.optional_string("model")
    sparse = record.optional_string("sparse_model") or ""
    constructor = record.record("constructor_cfg") if record.has("constructor_cfg") else None
    length = constructor.optional_integer("example_ctx_len", 1) if constructor else None
    return _Models(
        model.rstrip("/").rsplit("/", 1)[-1] if model else None,
        record.optional_string("explainer_model"),
        "transcoder" if re.search("transcoder|skip", sparse) else "sae",
        length or 32,
    )


def _whole(units: Iterator[Unit], latents: dict[tuple[str, int], list[str]]) -> Iterator[Unit]:
    """The units, cut so that all files of a latent are in one."""
    last = {names[-1] for names in latents.values()}
    left: tuple[str, ...] = ()
    name = ""
    for unit in units:
        files, name = left + unit.files, unit.name
        end = next((at for at in range(len(files), 0, -1) if files[at - 1] in last), 0)
        left = files[end:]
        if end:
            yield Unit(unit.name, files[:end])
    if left:
        yield Unit(f"{name}-rest", left)
