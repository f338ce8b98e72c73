"""Attribution graphs, as Neuronpedia and circuit-tracer publish them: one JSON document each.

A node's latent is read off its `node_id`, never off `feature`, which holds a pair's number in
newer files and the plain index in older ones. Of an error node `layer` and `ctx_idx` count: its
id is `0_{layer}_{position}`, `{layer}_0_{position}` or `{layer}_-1_{position}`, and the first two
can be a latent's as well. Which of them a link means is then found by the order of the links.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qs, urlsplit

from ingest.errors import SourceError
from ingest.sources.documents import parse_json
from ingest.sources.fields import Record

_NODE_ID = re.compile(r"(?P<layer>E|L|\d{1,9})_(?P<index>-1|\d{1,18})_(?P<position>\d{1,9})\Z")
_NEURONPEDIA = re.compile(r"https?://(?:www\.)?neuronpedia\.org/[^/?#]+/([^/?#]+)\Z")
_OWN = ("slug", "scan", "prompt", "prompt_tokens")
"""Fields of the metadata that a `CircuitGraph` has as its own."""


class NodeKind(StrEnum):
    """What a node stands for."""

    FEATURE = "feature"
    ERROR = "error"
    EMBEDDING = "embedding"
    LOGIT = "logit"


_IN_ORDER = (NodeKind.FEATURE, NodeKind.ERROR, NodeKind.EMBEDDING, NodeKind.LOGIT)
"""How circuit-tracer orders the sources of a target's links."""


@dataclass(frozen=True, slots=True)
class CircuitNode:
    """A latent on one token, the error of a reconstruction, an input or an output."""

    name: str
    """`{layer}_{index}_{position}`, unique: an error's index is -1."""
    kind: NodeKind
    layer: int | None
    """The transformer block of a latent or an error, from 0; None for inputs and outputs."""
    index: int | None
    """A latent's place in its layer, or the id of an input's or output's token; None for errors."""
    position: int
    """Token of the prompt, from 0."""
    activation: float | None
    influence: float | None
    label: str | None
    probability: float | None
    """Of an output; None for others."""
    is_target: bool
    """Whether the graph explains this output."""


@dataclass(frozen=True, slots=True)
class CircuitLink:
    """A direct effect of one node on another."""

    source: int
    """Place in `CircuitGraph.nodes`."""
    target: int
    weight: float


@dataclass(frozen=True, slots=True)
class Supernode:
    """Nodes that somebody put together under a name."""

    name: str
    members: tuple[int, ...]
    """Places in `CircuitGraph.nodes`."""
    n_missing: int
    """Members that the graph has no node of: they were pruned away."""


@dataclass(frozen=True, slots=True)
class CircuitGraph:
    """An attribution graph for one prompt."""

    slug: str
    model: str
    """The last part of a hub repository's id, if it is one."""
    source_set: str | None
    """Neuronpedia's name of the latents' sources without the layer, such as `clt-hp`."""
    prompt: str
    tokens: list[str]
    nodes: list[CircuitNode]
    links: list[CircuitLink]
    supernodes: list[Supernode]
    pinned: frozenset[int]
    """Places in `nodes`."""
    details: dict[str, object]
    """The rest of the metadata."""


def is_circuit(value: object) -> bool:
    """Whether a JSON document looks like one."""
    return isinstance(value, dict) and {"metadata", "nodes", "links"} <= value.keys()


def read_circuit(data: bytes, file: str) -> CircuitGraph:
    """The graph in a file. Raises SourceError where it is malformed."""
    return circuit_of(parse_json(data, file), file)


def circuit_of(value: object, file: str) -> CircuitGraph:
    """The same of a document that was read already."""
    record = Record(value, file)
    metadata = record.record("metadata")
    tokens = metadata.strings("prompt_tokens")
    read = [(item.string("node_id"), _node(item, len(tokens))) for item in record.records("nodes")]
    nodes = [node for _, node in read]
    places = _Places(read, file)
    asked = record.record("qParams") if record.has("qParams") else None
    return CircuitGraph(
        metadata.string("slug"),
        metadata.string("scan").rstrip("/").rsplit("/", 1)[-1],
        _source_set(metadata),
        metadata.string("prompt"),
        tokens,
        nodes,
        list(_links(record, places)),
        list(_supernodes(asked, places)) if asked else [],
        frozenset(_pinned(asked, places)) if asked else frozenset(),
        {name: metadata.raw(name) for name in metadata.names() if name not in _OWN},
    )


def _node(record: Record, n_tokens: int) -> CircuitNode:
    kind = _kind(record.string("feature_type"))
    match = _NODE_ID.match(record.string("node_id"))
    if match is None:
        raise record.wrong("node_id", "layer_index_position, such as 4_1201_7 or E_18143_1")
    layer, position = record.string("layer"), record.integer("ctx_idx", 0)
    said = {match["layer"]} | ({match["index"]} if kind is NodeKind.ERROR else set())
    if layer not in said or int(match["position"]) != position:
        raise record.wrong("node_id", f"its layer {layer:.60} and position {position}")
    if position >= n_tokens:
        raise record.wrong("ctx_idx", f"a place below {n_tokens}, the number of prompt_tokens")
    inside = kind in (NodeKind.FEATURE, NodeKind.ERROR)
    if inside and not layer.isdigit():
        raise record.wrong("layer", "the number of a block")
    index = int(match["index"])
    if index < 0 and kind is not NodeKind.ERROR:
        raise record.wrong("node_id", "an index from 0")
    return CircuitNode(
        f"{layer}_{-1 if kind is NodeKind.ERROR else index}_{position}",
        kind,
        int(layer) if inside else None,
        None if kind is NodeKind.ERROR else index,
        position,
        record.optional_number("activation"),
        record.optional_number("influence"),
        record.optional_string("clerp"),
        record.optional_number("token_prob") if kind is NodeKind.LOGIT else None,
        record.optional_boolean("is_target_logit") or False,
    )


def _kind(feature_type: str) -> NodeKind:
    """`cross layer transcoder` and `transcoder` are features; an error says so."""
    if "error" in feature_type:
        return NodeKind.ERROR
    if feature_type in (NodeKind.EMBEDDING, NodeKind.LOGIT):
        return NodeKind(feature_type)
    return NodeKind.FEATURE


class _Places:
    """Where nodes stand, by the ids that links use."""

    def __init__(self, read: Sequence[tuple[str, CircuitNode]], file: str) -> None:
        self.nodes = [node for _, node in read]
        self._of: dict[str, list[int]] = {}
        names: set[str] = set()
        for place, (name, node) in enumerate(read):
            if node.name in names:
                raise SourceError(
                    f"{file}, nodes[{place}], field node_id: found {name} a second time, "
                    f"expected each node once."
                )
            names.add(node.name)
            self._of.setdefault(name, []).append(place)

    def get(self, name: object) -> list[int]:
        """The places that an id may mean: none, one, or a latent's and an error's."""
        return self._of.get(name, []) if isinstance(name, str) else []

    def required(self, record: Record, field: str) -> list[int]:
        """The same; raises SourceError if there is none."""
        found = self.get(record.string(field))
        if not found:
            raise record.wrong(field, "the node_id of a node")
        return found


def _links(record: Record, places: _Places) -> Iterator[CircuitLink]:
    """The links, each id that may mean a latent or an error decided."""
    read = [
        (places.required(link, "source"), places.required(link, "target"), link.number("weight"))
        for link in record.records("links")
    ]
    order: dict[int, list[int]] = {}
    for at, (_, targets, _) in enumerate(read):
        order.setdefault(_target(targets, places), []).append(at)
    seen: set[tuple[int, int]] = set()
    sources = {
        at: source
        for siblings in order.values()
        for at, source in _sources([read[at][0] for at in siblings], siblings, places, record.file)
    }
    for at, (_, targets, weight) in enumerate(read):
        pair = sources[at], _target(targets, places)
        if pair in seen:
            raise SourceError(
                f"{record.file}, links[{at}]: found a second link from "
                f"{places.nodes[pair[0]].name} to {places.nodes[pair[1]].name}, expected one."
            )
        seen.add(pair)
        yield CircuitLink(*pair, weight)


def _target(found: list[int], places: _Places) -> int:
    """Nothing has an effect on an error: of two, the latent is meant."""
    return next((at for at in found if places.nodes[at].kind is not NodeKind.ERROR), found[0])


def _sources(
    found: list[list[int]], links: list[int], places: _Places, file: str
) -> Iterator[tuple[int, int]]:
    """Of one target's links, in the file's order, which node each comes from.

    Latents stand before errors, so of two links with one id the first is the latent's, and a
    single one is the latent's if a latent's follows it, the error's if an error's precedes it.
    Raises SourceError where neither tells.
    """
    ranks = [_IN_ORDER.index(places.nodes[at[0]].kind) if len(at) == 1 else None for at in found]
    known = [rank for rank in ranks if rank is not None]
    ordered = known == sorted(known)
    for place, (link, at) in enumerate(zip(links, found, strict=True)):
        if len(at) == 1:
            yield link, at[0]
            continue
        latent = next(a for a in at if places.nodes[a].kind is NodeKind.FEATURE)
        error = next(a for a in at if places.nodes[a].kind is NodeKind.ERROR)
        twins = [other for other, candidates in enumerate(found) if candidates == at]
        before = [rank for rank in ranks[:place] if rank is not None]
        after = [rank for rank in ranks[place + 1 :] if rank is not None]
        if len(twins) == 2:
            yield link, latent if place == twins[0] else error
        elif ordered and before and before[-1] >= 1:
            yield link, error
        elif ordered and after and after[0] == 0:
            yield link, latent
        else:
            raise SourceError(
                f"{file}, links[{link}], field source: found an id that both a latent and an "
                f"error have, expected one that tells them apart, such as "
                f"{places.nodes[error].name} for the error."
            )


def _supernodes(asked: Record, places: _Places) -> Iterator[Supernode]:
    for at, group in enumerate(asked.values("supernodes") if asked.has("supernodes") else []):
        if not isinstance(group, list) or not group or not all(type(m) is str for m in group):
            raise asked.wrong(f"supernodes[{at}]", "a list of a name and node_ids")
        found = [places.get(name) for name in group[1:]]
        members = [_target(candidates, places) for candidates in found if candidates]
        yield Supernode(group[0], tuple(dict.fromkeys(members)), found.count([]))


def _pinned(asked: Record, places: _Places) -> Iterator[int]:
    """Those that were pruned away are pinned no more."""
    for name in asked.optional_strings("pinnedIds"):
        if found := places.get(name):
            yield _target(found, places)


def _source_set(metadata: Record) -> str | None:
    if not metadata.has("info"):
        return None
    info = metadata.record("info")
    if named := info.optional_string("neuronpedia_source_set"):
        return named
    asked = parse_qs(urlsplit(info.optional_string("neuronpedia_link") or "").query)
    if asked.get("sourceSet"):
        return asked["sourceSet"][0]
    for url in info.optional_strings("source_urls"):
        if match := _NEURONPEDIA.match(url):
            return match[1]
    transcoders = info.optional_string("transcoder_set")
    return transcoders.rstrip("/").rsplit("/", 1)[-1] if transcoders else None
