"""The formats by the names that the command line gives them."""

from __future__ import annotations

import importlib

from ingest.sources.format import Format

_FORMATS = {
    "n2g": "ingest.sources.n2g:N2G",
    "neuroscope": "ingest.sources.neuroscope:Neuroscope",
    "openai": "ingest.sources.openai:OpenAI",
    "neuronpedia": "ingest.sources.neuronpedia_import:Neuronpedia",
    "saedashboard": "ingest.sources.saedashboard_import:SAEDashboard",
    "delphi": "ingest.sources.delphi_import:Delphi",
}
"""Each format's class, imported only when it is asked for."""


def format_called(name: str) -> Format:
    """The format of this name, which must be one of them."""
    module, _, attribute = _FORMATS[name].partition(":")
    made: Format = getattr(importlib.import_module(module), attribute)()
    return made
