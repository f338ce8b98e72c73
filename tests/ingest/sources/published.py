"""What tests of published formats share: the real files, imports, and damaged files."""

from __future__ import annotations

import random
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

from cypher.pack import Pack, open_pack
from ingest.progress import Silent
from ingest.sources import format_called, open_tree
from ingest.sources.assembly import Report
from ingest.sources.job import import_source
from ingest.sources.settings import ImportSettings
from ingest.stop import Stop
from tests.shared import shared_path

Rows = list[dict[str, Any]]


def real(*parts: str) -> Path:
    """A real published file."""
    return shared_path("data", "real", *parts)


def imported(format_: str, path: Path, out: Path, **options: Any) -> tuple[Pack, Report]:
    """The pack that an import of `path` makes at `out`."""
    settings = replace(ImportSettings(str(path), out), **options)
    with open_tree(str(path)) as tree:
        report = import_source(
            format_called(format_), tree, settings, progress=Silent(), stop=Stop()
        )
    pack = open_pack(out)
    pack.verify()
    return pack, report


def rows(pack: Pack, table: str) -> Rows:
    """A table's rows without the run that made them."""
    return [
        {key: value for key, value in row.items() if key != "run_id"}
        for row in pack.table(table).to_pylist()
    ]


def by_id(pack: Pack, table: str) -> dict[str, dict[str, Any]]:
    """A table's rows by id."""
    return {row["id"]: row for row in rows(pack, table)}


def edges(pack: Pack, table: str) -> dict[str, Rows]:
    """A relationship's rows by where they start, by rank where they have one."""
    found: dict[str, Rows] = {}
    for row in rows(pack, table):
        found.setdefault(row["source"], []).append(row)
    for listed in found.values():
        listed.sort(key=lambda row: row.get("rank") or 0)
    return found


ODD: tuple[Any, ...] = (None, "", "x", -1, 0, 1.5, True, 10**25, 1e300, float("nan"), [], {}, [[]], [None], "7_7_7",
       "\ud800", "\u0000", "../../etc", ["a"], [1], {"a": {}})  # fmt: skip
"""What may stand where something else should."""


def mutate(value: Any, chance: random.Random) -> None:
    """Change one place, anywhere within a JSON value: retype, remove, repeat or reorder."""
    holders = [value]
    for holder in holders:
        inner = holder.values() if isinstance(holder, dict) else holder
        holders += [item for item in inner if isinstance(item, (dict, list)) and item]
    holder = chance.choice(holders)
    keys: list[Any] = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
    if not keys:
        return
    key = chance.choice(keys)
    match chance.randrange(4):
        case 0:
            del holder[key]
        case 1 if isinstance(holder, list):
            holder.insert(key, holder[key])
        case 2 if isinstance(holder, list):
            chance.shuffle(holder)
        case _:
            holder[key] = deepcopy(chance.choice(ODD))  # else it could come to hold itself


def damage(data: bytes, chance: random.Random) -> bytes:
    """Cut, twist or recode some bytes; or leave them."""
    at = chance.randrange(len(data) or 1)
    return chance.choice(
        [
            data,
            data,
            data[:at],
            data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :],
            data[:at] + data[at + 1 :],
            data.decode("utf-8", "surrogatepass").encode("utf-16", "surrogatepass"),
            b"\xef\xbb\xbf" + data,
            data[:at] + b"[" * 3000 + data[at:],
        ]
    )
