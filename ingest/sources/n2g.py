"""Neuron2Graph's results: drawn graphs, their scores, the index of tokens, maximum activations.

{…}/neuron_graphs/{model}/{folder}/{L}_{N}/graph     or  {…}/output/{model}/graphs/{L}_{N}
{…}/{L}_{N}.json         or  {…}/{L}_{N}/model.json  N2G's own trie, if `tokenizer.json` is put there
{…}/neuron2graph/{L}/{N}[.json]                      DeepDecipher's answer
{…}/neuron_store.json  stats.json  activation_matrix-{model}.json
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from functools import lru_cache
from itertools import chain, groupby
from operator import itemgetter

from cypher import ids
from cypher.native import IS_THERE
from ingest.errors import SourceError
from ingest.sources.compiled_answers import CompiledAnswers
from ingest.sources.documents import open_json, parse_json
from ingest.sources.fields import Record
from ingest.sources.format import Unit, Wanted, grouped
from ingest.sources.n2g_answers import read_answer
from ingest.sources.n2g_graph import read_drawn
from ingest.sources.n2g_model import read_model
from ingest.sources.n2g_scores import Scores, read_matrix, read_scores, read_store
from ingest.sources.n2g_trie import add_graph
from ingest.sources.sink import Sink
from ingest.sources.token_texts import TOKENIZER, texts_beside
from ingest.sources.tree import Folder, Tree, place_of, read_file

_FILES_PER_UNIT = 4096
_PLACE = r"(?P<layer>\d{1,9})_(?P<neuron>\d{1,18})"
_GRAPH = re.compile(rf"(?:.*/)?(?:{_PLACE}/graph|graphs/{_PLACE.replace('P<', 'P<b_')})(?:\.gz)?\Z")
_TRIE = re.compile(rf"(?:.*/)?{_PLACE}(?:/model)?\.json(?:\.gz)?\Z")
_DECIPHERED_LAYER = re.compile(r"(?:.*/)?neuron2graph/(?P<layer>\d{1,9})\Z")
_MOST_DIGITS = 18
"""Of a neuron's place."""
_MATRIX = re.compile(r"(?:.*/)?activation_matrix-(?P<model>[^/]+)\.json(?:\.gz)?\Z")
_WHOLE = re.compile(r"(?:.*/)?(?P<kind>neuron_store|stats)\.json(?:\.gz)?\Z")
_MODEL = re.compile(
    r"(?:.*/)?(?:neuron_graphs/(?P<a>[^/]+)/|output/(?P<b>[^/]+)/|(?P<c>[^/]+)/neuron2graph/)"
)
_FOLDERS = 1 << 10
"""Of which is remembered what their names say: each holds the files of many neurons."""


class N2G:
    """The format."""

    name = "n2g"
    version = 3

    def __init__(self) -> None:
        self._scores: Scores | None = None
        self._places: dict[str, tuple[int, int]] = {}
        """Layers and neurons of the files about one, by their names."""
        self._answers = set[str]()
        """Those of them that are DeepDecipher's answers, and are not packed."""
        self._texts: list[str] | None = None
        self._compiled = CompiledAnswers() if IS_THERE else None

    def model(self, tree: Tree) -> str | None:
        """What folders and matrices are called after."""
        found = set()
        for name in tree.names():
            matrix = _MATRIX.match(name) if "activation_matrix" in name else None
            if matrix is not None:
                found.add(matrix["model"])
            else:
                model = _model(name.rpartition("/")[0])
                if model not in found and model and (_place(name) or _WHOLE.match(name)):
                    found.add(model)
        if len(found) > 1:
            raise SourceError(
                f"{tree.name} holds the data of {len(found)} models: {', '.join(sorted(found))}. "
                f"Name the folder, or the file, of one."
            )
        return found.pop() if found else None

    def units(self, tree: Tree, wanted: Wanted) -> Iterator[Unit]:
        """Graphs in the order of their neurons' ids, then the files about all neurons."""
        graphs: dict[tuple[int, int], str] = {}
        whole: dict[str, str] = {}
        self._answers.clear()
        for name in tree.names():
            answered = _deciphered(name)
            place = answered or _drawn(name)
            if place is not None:
                layer, neuron = place
                if not (wanted.layers.holds(layer) and wanted.neurons.holds(neuron)):
                    continue
                if place in graphs:
                    raise _second(tree, name, graphs[place])
                graphs[place] = name
                if answered and not _is_packed(name):
                    self._answers.add(name)
            elif (about_all := _WHOLE.match(name)) or _MATRIX.match(name):
                kind = about_all["kind"] if about_all is not None else "matrix"
                if kind in whole:
                    raise _second(tree, name, whole[kind])
                whole[kind] = name
        if not graphs and not whole:
            raise SourceError(
                f"{tree.name}: found no file of what is wanted, expected such as "
                f"neuron_graphs/gpt2-small/run/0_0/graph, neuron_store.json, stats.json or "
                f"activation_matrix-gpt2-small.json. Name the folder that holds these."
            )
        self._places = {name: place for place, name in graphs.items()}
        self._scores = Scores(tree, whole.get("stats"), whole.get("matrix"))
        in_order = [graphs[place] for place in sorted(graphs, key=_by_id)]
        yield from grouped("graphs", in_order, _FILES_PER_UNIT)
        for kind, name in sorted(whole.items()):
            yield Unit(kind, (name,))

    def read(self, unit: Unit, tree: Tree, sink: Sink) -> None:
        """Each graph is a record; of other files each neuron, or the whole."""
        scores = self._scores
        assert scores is not None
        if unit.name == "stats":
            before = len(sink.said.bad)
            with sink.record(None, "token graph scores"):
                scores.reports()  # the whole file, which may be none of the format
            if len(sink.said.bad) == before:
                read_scores(scores, frozenset(self._places.values()), sink)
        elif unit.name == "matrix":
            with sink.record(None, "statistics"):
                read_matrix(scores, sink)
        elif unit.name == "neuron_store":
            with sink.record(None, "index"):
                read_store(Record(_json(tree, unit.files[0]), unit.files[0]), sink)
        else:
            with closing(self._read_compiled(unit.files, tree, scores, sink)) as others:
                for name in others:
                    self._read_graph(name, tree, scores, sink)

    def _read_compiled(
        self, names: Sequence[str], tree: Tree, scores: Scores, sink: Sink
    ) -> Generator[str]:
        """Read many answers at a time, where records need not be taken back; gives other files."""
        some: Sequence[str] = ()
        if self._compiled is not None and isinstance(tree, Folder) and not sink.skip_bad:
            some = [name for name in names if name in self._answers]
            with closing(self._compiled.read(some, tree, sink)) as read:
                for files, answers in read:
                    listed = enumerate(answers.sizes())
                    sizes = {at: size for at, size in listed if size is not None}
                    with sink.record(None, "token graphs"):
                        places = [self._places[files[at]] for at in sizes]
                        neurons = _neurons(places, sink)
                        layers = [layer for layer, _ in places]
                        known = scores.of_each(places)
                        self._compiled.rows(sink).add(answers, sizes, neurons, layers, known)
                    yield from (name for at, name in enumerate(files) if at not in sizes)
        done = frozenset(some)
        yield from (name for name in names if name not in done)

    def _read_graph(self, name: str, tree: Tree, scores: Scores, sink: Sink) -> None:
        place = self._places[name]
        layer, index = str(place[0]), place[1]
        sink.layer(layer)
        with sink.record(ids.neuron_id(sink.model, layer, index), "token graph"):
            known = scores.known(place, skip_bad=sink.skip_bad)
            neuron = sink.neuron(layer, index)
            if _TRIE.match(name):
                drawn = read_model(Record(_json(tree, name), name), self._token_texts(tree, name))
                add_graph(drawn, neuron, sink, **known)
            elif _deciphered(name):
                answer = Record(open_json(read_file(tree, name), name), name)
                read_answer(answer, neuron, place[0], known, sink)
            else:
                add_graph(read_drawn(_text(tree, name), name), neuron, sink, **known)

    def _token_texts(self, tree: Tree, name: str) -> list[str]:
        """Texts by number, read once. Raises SourceError if the tree has no tokenizer."""
        self._texts = self._texts or texts_beside(tree)
        if self._texts is None:
            raise SourceError(
                f"{place_of(tree, name)}: found numbers of tokens only, expected their texts too. "
                f"Put the model's {TOKENIZER} into the folder."
            )
        return self._texts


def _place(name: str) -> tuple[int, int] | None:
    """The layer and the neuron of a file about one neuron."""
    return _deciphered(name) or _drawn(name)


def _drawn(name: str) -> tuple[int, int] | None:
    """The same of N2G's own file."""
    match = _TRIE.match(name)
    if match is not None:
        return int(match["layer"]), int(match["neuron"])
    match = _GRAPH.match(name)
    if match is None:
        return None
    prefix = "" if match["layer"] is not None else "b_"
    return int(match[f"{prefix}layer"]), int(match[f"{prefix}neuron"])


def _deciphered(name: str) -> tuple[int, int] | None:
    """The same of DeepDecipher's answer."""
    folder, _, file = name.rpartition("/")
    layer = _deciphered_layer(folder)
    if layer is None:
        return None
    neuron = file.removesuffix(".gz").removesuffix(".json")
    if not neuron.isdecimal() or len(neuron) > _MOST_DIGITS:
        return None
    return layer, int(neuron)


@lru_cache(_FOLDERS)
def _deciphered_layer(folder: str) -> int | None:
    match = _DECIPHERED_LAYER.match(folder)
    return None if match is None else int(match["layer"])


@lru_cache(_FOLDERS)
def _model(folder: str) -> str | None:
    """What a folder, or one that it is in, is called after."""
    match = _MODEL.match(f"{folder}/")
    return None if match is None else match["a"] or match["b"] or match["c"]


def _neurons(places: Sequence[tuple[int, int]], sink: Sink) -> list[str]:
    """The ids of neurons, which will be in the pack."""
    of_layers = groupby(places, itemgetter(0))
    found = (sink.neurons(str(layer), [index for _, index in some]) for layer, some in of_layers)
    return list(chain.from_iterable(found))


def _by_id(place: tuple[int, int]) -> tuple[str, str]:
    """Puts neurons in the order of their ids, 10 before 2: what all are ranked by then is in it."""
    layer, neuron = place
    return str(layer), str(neuron)


def _is_packed(name: str) -> bool:
    return name.endswith(".gz")


def _json(tree: Tree, name: str) -> object:
    return parse_json(read_file(tree, name), name)


def _text(tree: Tree, name: str) -> str:
    try:
        return read_file(tree, name).decode()
    except UnicodeDecodeError as error:
        raise SourceError(f"{name}: found no UTF-8 ({error.reason}), expected DOT.") from error


def _second(tree: Tree, name: str, first: str) -> SourceError:
    return SourceError(
        f"{tree.name}: found {name} beside {first}, expected one of them. Import one folder at a "
        f"time, or name one run's with its path."
    )
