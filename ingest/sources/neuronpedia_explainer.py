"""What an explainer is called in the graph: the method, and the model, for two may agree."""

from __future__ import annotations

import re

UNNAMED_METHOD = "neuronpedia"
"""Stands for the explainer where the export does not name it: somebody wrote it there."""
_NOT_IN_IDS = re.compile(r"[/@#\s]+")


def explainer_of(method: str | None, model: str | None) -> str:
    """The method and the model, as the part of an explanation's id."""
    return _NOT_IN_IDS.sub("_", method or UNNAMED_METHOD) + _ending(model)


def method_of(explainer: str, model: str | None) -> str:
    """The method alone of an explainer that `model` is a part of."""
    return explainer.removesuffix(_ending(model))


def _ending(model: str | None) -> str:
    return "" if model is None else "." + _NOT_IN_IDS.sub("_", model)
