"""The dashboard shows what there is: its files parse, and each panel asks for a real table or figure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import yaml

from cypher.catalogue import catalogue
from tests.graphapi.serving import serving
from tests.packs import small_pack
from tests.whole import load

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
DASHBOARD: dict[str, Any] = json.loads(
    (DEPLOY / "grafana/dashboards/neurocypher.json").read_text(encoding="utf-8")
)
PANELS: list[dict[str, Any]] = DASHBOARD["panels"]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SOURCES = {
    source["uid"]: source
    for source in yaml.safe_load(
        (DEPLOY / "grafana/provisioning/datasources/neurocypher.yml").read_text(encoding="utf-8")
    )["datasources"]
}
PROMETHEUS = yaml.safe_load((DEPLOY / "prometheus.yml").read_text(encoding="utf-8"))


def _targets(kind: str) -> list[dict[str, Any]]:
    return [
        target
        for panel in PANELS
        for target in panel["targets"]
        if target["datasource"]["type"] == kind
    ]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of a small graph, which has answered, found an answer kept, and refused."""
    folder = tmp_path_factory.mktemp("dashboard")
    url = f"ladybug://{folder / 'graph.lbug'}"
    load(url, small_pack(folder / "pack"))
    with serving(url) as (_, graphql):
        for query in ("{ models { id } }", "{ models { id } }", "{ nope }"):
            httpx.post(graphql, json={"query": query}, timeout=30)
        yield graphql.removesuffix("/graphql")


def test_it_has_what_it_is_for() -> None:
    titles = " / ".join(panel["title"].lower() for panel in PANELS)
    for word in ("coverage", "scores of explanations", "firing density", "latency"):
        assert word in titles
    assert len({panel["id"] for panel in PANELS}) == len(PANELS)
    assert all(panel["description"] for panel in PANELS)


def test_panels_do_not_overlap() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in PANELS:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        taken |= cells


def test_each_source_is_provisioned() -> None:
    for panel in PANELS:
        for target in panel["targets"]:
            source = SOURCES[target["datasource"]["uid"]]
            assert source["type"] == target["datasource"]["type"]
    plugin = COMPOSE["services"]["grafana"]["environment"]["GF_PLUGINS_PREINSTALL"]
    assert plugin == SOURCES["neurocypher"]["type"]
    assert urlsplit(SOURCES["prometheus"]["url"]).hostname in COMPOSE["services"]


def test_the_files_are_where_the_containers_look() -> None:
    mounted = {}
    for name in ("grafana", "prometheus"):
        for volume in COMPOSE["services"][name]["volumes"]:
            here, there, *_ = volume.split(":")
            if here.startswith("./"):
                assert (ROOT / here).exists(), volume
                mounted[there] = ROOT / here
            else:
                assert here in COMPOSE["volumes"]
    providers = mounted["/etc/grafana/provisioning"] / "dashboards/neurocypher.yml"
    provider = yaml.safe_load(providers.read_text(encoding="utf-8"))["providers"][0]
    folder = mounted[provider["options"]["path"]]
    assert (folder / "neurocypher.json").exists()


def test_both_ask_the_server_where_it_listens() -> None:
    command = COMPOSE["services"]["api"]["command"]
    server = f"api:{command[command.index('--port') + 1]}"
    (job,) = PROMETHEUS["scrape_configs"]
    assert job["static_configs"] == [{"targets": [server]}]
    assert SOURCES["neurocypher"]["jsonData"]["allowedHosts"] == [f"http://{server}"]
    for target in _targets("yesoreyeram-infinity-datasource"):
        assert urlsplit(target["url"]).netloc == server


@pytest.mark.parametrize(
    "target", _targets("yesoreyeram-infinity-datasource"), ids=lambda target: str(target["url"])
)
def test_each_table_is_there_with_its_columns(address: str, target: dict[str, Any]) -> None:
    path = urlsplit(target["url"]).path
    response = httpx.get(address + path, timeout=30)
    assert response.status_code == 200, response.text
    name = path.removeprefix("/tables/").removesuffix(".json")
    types = {"string": "string", "integer": "number", "float": "number"}
    columns = {column.name: types[column.type] for column in catalogue()[name].columns}
    for column in target["columns"]:
        assert columns[column["selector"]] == column["type"]
    rows = response.json()
    assert all(column["selector"] in row for row in rows for column in target["columns"])


def test_each_matrix_is_of_the_panels_columns() -> None:
    for panel in PANELS:
        for change in panel.get("transformations", []):
            if change["id"] == "groupingToMatrix":
                names = {column["text"] for column in panel["targets"][0]["columns"]}
                options = change["options"]
                assert {options[f"{part}Field"] for part in ("column", "row", "value")} <= names


@pytest.mark.parametrize(
    "expression", [target["expr"] for target in _targets("prometheus")], ids=str
)
def test_each_figure_is_there_with_its_labels(address: str, expression: str) -> None:
    httpx.get(f"{address}/tables/coverage.json?limit=7", timeout=30)
    figures = httpx.get(f"{address}{PROMETHEUS['scrape_configs'][0]['metrics_path']}", timeout=30)
    samples = re.findall(r"^(\w+)(?:\{(.*)\})? ", figures.text, re.MULTILINE)
    labels = {name: set(re.findall(r'(\w+)="', given)) for name, given in samples}
    names = re.findall(r"\bneurocypher_\w+", expression)
    assert names
    for name in names:
        assert name in labels, f"there is no figure {name}"
        for grouped in re.findall(r"by \(([^)]*)\)", expression):
            assert {part.strip() for part in grouped.split(",")} <= labels[name]
        for label in re.findall(r"\{(\w+)=", expression):
            assert label in labels[name]
