"""The containers wait for each other as they must, and call the command line as it is."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from neurocypher import cli

ROOT = Path(__file__).parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


def _default_command() -> list[str]:
    words: list[str] = json.loads(re.findall(r"^CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)[-1])
    return words


def test_each_service_waits_for_the_one_before() -> None:
    assert list(SERVICES) == ["neo4j", "load", "api", "prometheus", "grafana"]
    assert SERVICES["grafana"]["depends_on"] == ["api", "prometheus"]
    assert SERVICES["load"]["depends_on"] == {"neo4j": {"condition": "service_healthy"}}
    assert SERVICES["api"]["depends_on"] == {
        "load": {"condition": "service_completed_successfully"}
    }


def test_what_is_waited_for_says_how_it_is() -> None:
    assert SERVICES["neo4j"]["healthcheck"]["test"]
    assert SERVICES["load"]["healthcheck"] == {"disable": True}
    assert "healthcheck" not in SERVICES["api"]  # the image has it
    assert re.search(r"^HEALTHCHECK .*\\\n\s+CMD .*:8000/healthz", DOCKERFILE, re.MULTILINE)


def test_the_data_outlive_the_container() -> None:
    volume, _, place = SERVICES["neo4j"]["volumes"][0].partition(":")
    assert place == "/data"
    assert volume in COMPOSE["volumes"]


def test_nothing_is_open_to_other_machines() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_the_server_and_its_clients_agree_on_the_password() -> None:
    _, _, password = SERVICES["neo4j"]["environment"]["NEO4J_AUTH"].partition("/")
    for name in ("load", "api"):
        assert SERVICES[name]["environment"] == {
            "NEUROCYPHER_GRAPH": "neo4j://neo4j:7687",
            "NEUROCYPHER_USER": "neo4j",
            "NEUROCYPHER_PASSWORD": password,
        }


def test_the_image_runs_as_nobody_in_particular() -> None:
    final_stage = DOCKERFILE.rpartition("\nFROM ")[2]
    assert re.search(r"^USER (?!root)\w+$", final_stage, re.MULTILINE)


@pytest.mark.parametrize(
    "words", [SERVICES["load"]["command"], SERVICES["api"]["command"], _default_command()]
)
def test_the_command_line_knows_the_words(words: list[str]) -> None:
    name, *arguments = words
    group = cli._group
    command = group.get_command(click.Context(group), name)
    assert command is not None
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in arguments if word.startswith("-")} <= known


def test_the_image_is_built_from_what_the_context_holds() -> None:
    ignore = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    sent = {line.removeprefix("!") for line in ignore if line.startswith("!")}
    copied: set[str] = set()
    for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE):
        copied |= set(line.split()[:-1])
    assert copied == sent
    assert all((ROOT / name).exists() for name in copied)
