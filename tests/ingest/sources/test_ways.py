"""The same files give the same rows, to the byte, whichever way they are read: with libraries that only make
imports faster or without, and where records may be taken back."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from cypher.pack import Pack, open_pack
from tests.cli import assert_failed, neurocypher, without
from tests.ingest.sources.importing import imported, written
from tests.ingest.sources.kinds import KINDS, Lines, as_file
from tests.ingest.sources.test_archives import contents

TOKENS = [
    *map(chr, range(1, 0x30)), "\x7f", "\x80", "\\", '"', '"]', '","', "\\u0041", "/", "é", "\u2028", "\ufeff",
    "\uffff", "𝄞", "", "<0xE2>", "ĠĊ",
]  # fmt: skip
"""What JSON writes in more than one way, or Arrow and we could take for something else."""
NUMBERS = [
    0, -0.0, 1, -1, 2**53, 2**53 + 1, 2**63 - 1, -(2**63), 2**64 - 1, 0.1, 1e22, 1e23, 5e-324, 2.2250738585072014e-308,
    1.7976931348623157e308, 123456789012345680.0, 9007199254740993.0, 3.141592653589793,
]  # fmt: skip
OF_TOKENS = (
    "activations",
    "values",
    "true_activations",
    "predicted_activations",
    "dfaValues",
    "dfa_values",
)
"""Fields of numbers of which each token of the same object has one."""
RUN = """
import json, sys
from pathlib import Path
from tests.ingest.sources.importing import imported
for format_, folder, output in json.loads(sys.argv[1]):
    imported(format_, folder, Path(output), model="gpt2-small")
for name in ("neurocypher_native", "simdjson", "isal", "numpy"):
    if sys.modules.get(name) is not None:
        print(name)
"""


def odd(value: Any) -> Any:
    """The same with odd tokens, and odd numbers of them, after the others."""
    if isinstance(value, list):
        return [odd(one) for one in value]
    if not isinstance(value, dict):
        return value
    found = {key: odd(one) for key, one in value.items()}
    for name in ("tokens", "str_tokens"):
        numbers = [key for key in OF_TOKENS if found.get(key)]
        if isinstance(found.get(name), list) and numbers:
            found[name] = [*found[name], *TOKENS]
            for key in numbers:
                found[key] = [*found[key], *(NUMBERS * 4)[: len(TOKENS)]]
    return found


def content_of(name: str) -> dict[str, bytes]:
    kind = KINDS[name]
    content = kind.content()
    plain = Lines(odd(content.values)) if isinstance(content, Lines) else odd(content)
    return {**kind.files(), kind.name: as_file(kind.name, plain)}


def hashes(pack: Pack) -> dict[str, list[str]]:
    """Of each table's files; but for the run's, which says when it was."""
    tables = pack.manifest.tables
    return {t.name: [f.sha256 for f in t.files] for t in tables if t.name != "IngestRun"}


@pytest.mark.parametrize(
    ("lacks", "there"),
    [
        (["neurocypher_native"], "simdjson isal numpy"),
        (["neurocypher_native", "simdjson", "isal"], "numpy"),
        (["numpy"], "neurocypher_native isal"),
    ],
    ids=["by simdjson", "by nothing compiled", "no numpy"],
)
def test_packs_are_the_same_to_the_byte(tmp_path: Path, lacks: list[str], there: str) -> None:
    names = [name for name in KINDS if "numpy" not in lacks or "latents" not in KINDS[name].name]
    names = [name for name in names if not ("numpy" in lacks and KINDS[name].is_heading)]
    folders = {name: written(tmp_path / f"in{n}", content_of(name)) for n, name in enumerate(names)}
    packs = {name: tmp_path / f"pack{n}" for n, name in enumerate(names)}
    asked = [[KINDS[name].format, str(folders[name]), str(packs[name])] for name in names]
    done = subprocess.run(
        [*without(lacks, RUN), json.dumps(asked)], capture_output=True, text=True, check=True,
        timeout=300,
    )  # fmt: skip
    assert done.stdout.split() == there.split()
    for name in names:
        plain = imported(
            KINDS[name].format, folders[name], tmp_path / f"plain-{name}", model="gpt2-small"
        )
        assert hashes(open_pack(packs[name])) == hashes(plain), name


def test_cached_latents_need_their_extra(tmp_path: Path) -> None:
    folder = written(tmp_path / "in", KINDS["delphi's latents"].files())
    for lacks in ("numpy", "safetensors"):
        ran = neurocypher("ingest", "delphi", folder, "--out", tmp_path / "pack", lacks=[lacks])
        assert_failed(ran, "pip install 'neurocypher[delphi]'")


@pytest.mark.parametrize("name", KINDS)
def test_rows_that_may_be_taken_back_are_the_same(tmp_path: Path, name: str) -> None:
    folder = written(tmp_path / "in", content_of(name))
    found = [
        contents(imported(KINDS[name].format, folder, tmp_path / f"{skip}", model="gpt2-small",
                          skip_bad=skip))
        for skip in (False, True)
    ]  # fmt: skip
    assert found[0] == found[1]
