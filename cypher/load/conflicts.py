"""What a pack and a graph say differently of the same model, layer or text.

What runs measured never conflicts, for each run's stands apart. What all of them share does:
the shape of a model, that of a layer, and which tokens a text is made of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from cypher.errors import LoadError
from cypher.graph import OnConflict, Rows, Value
from cypher.load.scope import Run
from cypher.pack import Pack
from cypher.schema import NODE_BY_LABEL

Read = Callable[[str, Mapping[str, Value]], Rows]
_LISTED = 10
"""Conflicts that a message writes out."""
_TEXTS_AT_ONCE = 250_000
"""Texts of a graph in memory, with which those of the pack are compared."""
_SHOWN = 6
"""Tokens of a text that a message shows."""


def check_conflicts(
    pack: Pack,
    pack_runs: Sequence[Run],
    graph_runs: Sequence[Run],
    read: Read,
    rule: OnConflict,
    *,
    texts_at_once: int = _TEXTS_AT_ONCE,
) -> None:
    """Raise LoadError, with both sides, if the pack contradicts what other runs say.

    Runs that the pack replaces altogether are no other side. With a rule nothing is raised: of
    texts that are tokenized in two ways both are then kept.
    """
    if rule is not OnConflict.STOP:
        return
    others = _left(pack_runs, graph_runs)
    if not others:
        return
    found: list[str] = []
    for conflict in _all(pack, others, read, texts_at_once):
        found.append(conflict)
        if len(found) > _LISTED:
            break
    if found:
        more = "\n  … and more" if len(found) > _LISTED else ""
        listed = "\n  ".join(found[:_LISTED])
        raise LoadError(
            f"{pack.path} contradicts what the graph holds:\n  {listed}{more}\nIs it the same "
            f"model? If so, say with --on-conflict keep or --on-conflict replace whose word holds."
        )


def _left(pack_runs: Sequence[Run], graph_runs: Sequence[Run]) -> set[str]:
    """Layers and models that runs speak of which are there still when the pack is loaded."""
    items: set[str] = set()
    for old in graph_runs:
        gone: set[str] = set()
        for new in pack_runs:
            if (new.job, new.source) == (old.job, old.source):
                gone |= new.items
        items |= old.items - gone
    return items | {item.partition("/")[0] for item in items}


def _all(pack: Pack, others: set[str], read: Read, texts_at_once: int) -> Iterator[str]:
    for label in ("Model", "Layer"):
        rows = [row for row in pack.table(label).to_pylist() if row["id"] in others]
        yield from _structure(label, rows, read)
    models = {str(row["id"]) for row in pack.table("Model").to_pylist()} & others
    for model in sorted(models):
        yield from _texts(pack, model, read, texts_at_once)


def _structure(label: str, rows: list[dict[str, Value]], read: Read) -> Iterator[str]:
    names = [p.name for p in NODE_BY_LABEL[label].properties]
    columns = ", ".join(f"n.`{name}` AS `{name}`" for name in names)
    found = read(
        f"MATCH (n:`{label}`) WHERE n.id IN $ids RETURN n.id AS id, {columns}",
        {"ids": [row["id"] for row in rows]},
    )
    there = {row["id"]: row for row in found.as_dicts()}
    for row in rows:
        known = there.get(row["id"], {})
        for name in names:
            ours, theirs = row[name], known.get(name)
            if ours is not None and theirs is not None and ours != theirs:
                yield f"{label} {row['id']}: {name} is {theirs!r} in the graph, {ours!r} in the pack"


def _texts(pack: Pack, model: str, read: Read, at_once: int) -> Iterator[str]:
    """Texts of a model that the graph has with other tokens."""
    after = ""
    while pack.rows("Sequence"):
        found = read(
            "MATCH (s:Sequence) WHERE s.model_id = $model AND s.id > $after "
            "RETURN s.text AS text, s.id AS id ORDER BY id LIMIT $limit",
            {"model": model, "after": after, "limit": at_once},
        )
        yield from _differing(
            pack, model, {str(text): str(id_) for text, id_ in found.values}, read
        )
        if len(found.values) < at_once:
            return
        after = str(found.values[-1][1])


def _differing(pack: Pack, model: str, there: Mapping[str, str], read: Read) -> Iterator[str]:
    """The pack's texts that are among those `there`, by text, under another id."""
    for shard in pack.shards("Sequence") if there else ():
        columns = (shard.column(name).to_pylist() for name in ("model_id", "text", "id"))
        for at, (owner, text, id_) in enumerate(zip(*columns, strict=True)):
            other = there.get(text, id_)
            if owner == model and other != id_:
                theirs = read("MATCH (s:Sequence {id: $id}) RETURN s.tokens", {"id": other})
                ours = shard.column("tokens")[at].as_py()
                yield (
                    f"the text {text[:40]!r}: its tokens are {_shown(theirs.values[0][0])} in the "
                    f"graph, {_shown(ours)} in the pack"
                )


def _shown(tokens: Value) -> str:
    assert isinstance(tokens, list)
    more = ", …" if len(tokens) > _SHOWN else ""
    return f"[{', '.join(map(repr, tokens[:_SHOWN]))}{more}]"
