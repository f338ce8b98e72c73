"""The environment sets the limits, and a value that makes no sense is named."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from graphapi.errors import ServeError
from graphapi.settings import PUBLIC, Settings, settings_from


def test_an_empty_environment_means_the_defaults() -> None:
    assert settings_from({}) == Settings()
    assert settings_from({"NEUROCYPHER_MAX_PAGE": ""}) == Settings()


def test_each_limit_has_a_variable() -> None:
    given = {"NEUROCYPHER_STATEMENT_SECONDS": "2.5", "NEUROCYPHER_MAX_PAGE": "50"}
    assert settings_from({**given, "NEUROCYPHER_GRAPHIQL": "1"}) == Settings(
        statement_seconds=2.5, max_page=50, graphiql=True
    )


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("NEUROCYPHER_MAX_PAGE", "many", "expected a whole number"),
        ("NEUROCYPHER_MAX_PAGE", "1.5", "expected a whole number"),
        ("NEUROCYPHER_MAX_PAGE", "0", "expected more than 0"),
        ("NEUROCYPHER_STATEMENT_SECONDS", "nan", "expected more than 0"),
        ("NEUROCYPHER_STATEMENT_SECONDS", "soon", "expected a number"),
        ("NEUROCYPHER_GRAPHIQL", "yes", "expected 0 or 1"),
    ],
)
def test_a_value_that_makes_no_sense_is_named(variable: str, value: str, expected: str) -> None:
    with pytest.raises(ServeError, match=f"{variable} is .*{expected}"):
        settings_from({variable: value})


def test_every_setting_stands_in_the_documentation() -> None:
    text = (Path(__file__).parents[2] / "docs" / "dashboards.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([A-Z_]+)` \| (\S+) \| (\S*) ?\| ", text, re.MULTILINE)
    shown = {name: (default, public) for name, default, public in rows}
    expected = {
        field.name.upper(): (
            _shown(field.default),
            _shown(PUBLIC[field.name]) if field.name in PUBLIC else "",
        )
        for field in fields(Settings)
    }
    assert shown == expected


def _shown(value: object) -> str:
    match value:
        case bool():
            return str(int(value))
        case int():
            return f"{value:,}"
        case float():
            return f"{value:g}"
        case _:
            return str(value) or "none"
