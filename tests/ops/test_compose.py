"""The container files, checked as far as is possible without a container engine."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from service.cli import app as command_line
from service.core.settings import Settings

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
INSTRUCTIONS = [
    line.split(maxsplit=1) for line in DOCKERFILE.splitlines() if line and not line.lstrip().startswith("#")
]

# The part of the compose specification that this file uses: another key is a mistyped one.
DURATION = {"type": "string", "pattern": "^[0-9]+(ms|s|m|h)$"}
WORDS = {"type": "array", "items": {"type": "string"}, "minItems": 1}
STRINGS = {"type": "object", "additionalProperties": {"type": "string"}}
SERVICE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["user", "read_only", "cap_drop", "security_opt", "healthcheck", "networks", "restart"],
    "anyOf": [{"required": ["image"]}, {"required": ["build"]}],
    "properties": {
        "image": {"type": "string"},
        "build": {"type": "string"},
        "user": {"type": "string"},
        "restart": {"enum": ["no", "always", "on-failure", "unless-stopped"]},
        "read_only": {"const": True},
        "tmpfs": WORDS,
        "shm_size": {"type": "string"},
        "cap_drop": {"const": ["ALL"]},
        "security_opt": {"contains": {"const": "no-new-privileges:true"}},
        "command": {"anyOf": [{"type": "string"}, WORDS]},
        "environment": STRINGS,
        "configs": {"type": "array", "items": {"type": "object", "required": ["source", "target"]}},
        "volumes": WORDS,
        "networks": WORDS,
        "ports": WORDS,
        "stop_grace_period": DURATION,
        "depends_on": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "additionalProperties": False,
                "required": ["condition"],
                "properties": {
                    "condition": {"enum": ["service_started", "service_healthy", "service_completed_successfully"]}
                },
            },
        },
        "healthcheck": {
            "type": "object",
            "additionalProperties": False,
            "anyOf": [{"required": ["test"]}, {"required": ["disable"]}],
            "properties": {
                "test": {"type": "array", "prefixItems": [{"const": "CMD"}], "minItems": 2},
                "disable": {"const": True},
                "interval": DURATION,
                "timeout": DURATION,
                "start_period": DURATION,
                "retries": {"type": "integer"},
            },
        },
    },
}
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "patternProperties": {"^x-": {}},
    "required": ["services"],
    "properties": {
        "name": {"type": "string"},
        "services": {"type": "object", "additionalProperties": SERVICE},
        "networks": {"type": "object"},
        "volumes": {"type": "object"},
        "configs": {"type": "object", "additionalProperties": {"type": "object", "required": ["content"]}},
    },
}


def test_the_compose_file_keeps_to_the_specification() -> None:
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(COMPOSE)] == []


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_names_only_what_exists(name: str) -> None:
    service = SERVICES[name]
    assert set(service.get("depends_on", {})) <= set(SERVICES)
    assert set(service["networks"]) <= set(COMPOSE["networks"])
    assert {it["source"] for it in service.get("configs", [])} <= set(COMPOSE["configs"])
    assert {volume.split(":")[0] for volume in service.get("volumes", [])} <= set(COMPOSE["volumes"])


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_runs_as_a_user_without_rights(name: str) -> None:
    assert SERVICES[name]["user"].split(":")[0] not in {"0", "root", ""}


def test_one_waits_for_health_only_where_there_is_a_health_check() -> None:
    for service in SERVICES.values():
        for other, wanted in service.get("depends_on", {}).items():
            check = SERVICES[other]["healthcheck"]
            assert wanted["condition"] != "service_healthy" or not check.get("disable")
            assert wanted["condition"] != "service_completed_successfully" or SERVICES[other]["restart"] == "no"


def test_no_password_stands_in_the_file() -> None:
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if "PASSWORD" in name:
                assert re.fullmatch(r"\$\{[A-Z_]+:\?\}", value), name
            assert not re.search(r"://\w+:(?!\$\{)", value), name


def test_every_setting_that_is_given_exists() -> None:
    known = {f"GONGDI_{name.upper()}" for name in Settings.model_fields}
    given = {name for service in SERVICES.values() for name in service.get("environment", {})}
    assert {name for name in given if name.startswith("GONGDI_")} <= known


def test_only_the_migration_has_the_owners_password() -> None:
    holders = {
        name for name, service in SERVICES.items() if "gongdi_owner:" in json.dumps(service.get("environment", {}))
    }
    assert holders == {"migrate"}


def test_the_worker_has_no_way_out() -> None:
    assert SERVICES["worker"]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}


def test_only_the_network_of_the_proxy_is_believed() -> None:
    [subnet] = COMPOSE["networks"]["edge"]["ipam"]["config"]
    assert SERVICES["app"]["environment"]["GONGDI_TRUSTED_PROXIES"] == subnet["subnet"]
    assert {name for name, service in SERVICES.items() if "edge" in service["networks"]} == {"app"}
    default = re.sub(r"\$\{\w+:-(.*)\}", r"\1", subnet["subnet"])
    assert Settings(trusted_proxies=default, base_url="").trusted_proxies == default


def test_only_loopback_is_published() -> None:
    assert [port for service in SERVICES.values() for port in service.get("ports", [])] == [
        "127.0.0.1:${GONGDI_PORT:-8000}:8000"
    ]


@pytest.mark.parametrize("name", ["migrate", "app", "worker"])
def test_the_command_of_a_service_exists(name: str) -> None:
    words = [word for word in SERVICES[name]["command"] if not word.startswith("--")]
    shown = CliRunner().invoke(command_line, [*words, "--help"])
    assert shown.exit_code == 0
    for option in set(SERVICES[name]["command"]) - set(words):
        assert option in shown.output


def _stages() -> list[str]:
    return [rest.split()[-1] for word, rest in INSTRUCTIONS if word == "FROM"]


def test_the_dockerfile_uses_known_instructions_and_stages() -> None:
    known = {"FROM", "RUN", "COPY", "WORKDIR", "ENV", "USER", "EXPOSE", "VOLUME", "HEALTHCHECK", "ENTRYPOINT", "CMD"}
    assert {word for word, _ in INSTRUCTIONS} <= known
    used = re.findall(r"--from=(\w+)", DOCKERFILE)
    assert set(used) <= set(_stages())
    assert _stages()[-1] == "runtime"


def test_every_copied_file_exists_and_reaches_the_build() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    allowed = {line[1:] for line in ignored if line.startswith("!")}
    for word, rest in INSTRUCTIONS:
        if word == "COPY" and "--from" not in rest:
            for source in shlex.split(rest)[:-1]:
                assert (ROOT / source).exists(), source
                assert source.split("/")[0] in allowed, source


def test_the_last_stage_drops_root() -> None:
    last = max(number for number, (word, _) in enumerate(INSTRUCTIONS) if word == "FROM")
    users = [rest for word, rest in INSTRUCTIONS[last:] if word == "USER"]
    assert users == ["10001"] == [SERVICES["app"]["user"]]


def test_node_in_the_image_is_the_one_the_web_asks_for() -> None:
    wanted = json.loads((ROOT / "web/package.json").read_text(encoding="utf-8"))["engines"]["node"]
    found = re.search(r"FROM node:(\d+)", DOCKERFILE)
    assert found
    assert wanted == f">={found[1]}"
