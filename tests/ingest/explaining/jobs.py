"""Explaining some neurons with a local endpoint."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cypher.pack import Pack, open_pack
from cypher.schema import PACKED
from ingest.endpoint.settings import EndpointSettings
from ingest.jobs.explaining.pipeline import Report, explain_pack
from ingest.jobs.explaining.refining import Reads
from ingest.jobs.explaining.settings import ExplainSettings
from ingest.jobs.explaining.where import Where
from ingest.progress import Silent
from ingest.stop import Stop
from tests.endpoint import KEY, LocalEndpoint
from tests.shared import model_path

FIFTY = Where(neurons="0-9")
"""Ten neurons of each of the five layers."""
MODEL = "a-lab/a model@home"
TOKENIZER = str(model_path() / "tokenizer.json")


def settings(pack: Pack, server: LocalEndpoint, folder: Path, **other: Any) -> ExplainSettings:
    """Explain and simulate with a language model; `endpoint` are settings of that."""
    endpoint = {"timeout": 20.0, "concurrency": 32, **other.pop("endpoint", {})}
    given: dict[str, Any] = {
        "pack": pack.path,
        "output": folder / "pack",
        "explainer": "openai",
        "simulator": "openai",
        "where": FIFTY,
        "endpoint": EndpointSettings(
            MODEL, server.url, KEY, folder / "answers", tokenizer=TOKENIZER, **endpoint
        ),
    }
    return ExplainSettings(**{**given, **other})


def run(given: ExplainSettings, model: Reads | None = None) -> tuple[Pack, Report]:
    """The pack that a job writes, and its report."""
    report = explain_pack(given, progress=Silent(), stop=Stop(), model=model)
    return open_pack(given.output), report


def tables(pack: Pack) -> dict[str, list[dict[str, Any]]]:
    """All rows of a pack but those of runs, which tell of time."""
    return {
        kind.name: pack.table(kind.name).to_pylist() for kind in PACKED if kind.name != "IngestRun"
    }


def rows(pack: Pack, table: str, **where: Any) -> list[dict[str, Any]]:
    """The rows of a table with these values."""
    found = pack.table(table).to_pylist()
    return [row for row in found if all(row[key] == value for key, value in where.items())]
