"""What docs/operate/ hands to operators: units, container files, dashboard and rules say only what there is."""

from __future__ import annotations

import configparser
import json
import re
import shlex
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import click
import pytest
from packaging.requirements import Requirement

from crawler.cli import main
from crawler.config import SETTINGS, load
from crawler.monitoring.metrics import FAMILIES
from crawler.schedule.subprocess_runner import STOP_SECONDS
from tests.table import table

OPERATE = Path(__file__).resolve().parents[1] / "docs" / "operate"
UNITS = sorted(path for path in (OPERATE / "systemd").iterdir() if path.suffix in (".service", ".timer"))
SERVICES = [path for path in UNITS if path.suffix == ".service"]
METRICS = {family.sample: family for family in FAMILIES}


def unit(path: Path) -> configparser.ConfigParser:
    """A unit file; keys that stand several times keep all their values, a line each."""
    parser = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    merged: dict[str, dict[str, list[str]]] = {}
    section = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line.strip() and not line.startswith("#"):
            key, _, value = line.partition("=")
            merged.setdefault(section, {}).setdefault(key, []).append(value)
    parser.read_dict({name: {key: "\n".join(values) for key, values in keys.items()} for name, keys in merged.items()})
    return parser


def commands(text: str) -> Iterator[list[str]]:
    """The arguments of each `newsledger` that a text runs."""
    for match in re.finditer(r"(?:^|[\s\"'/])newsledger((?: --settings \S+)?(?: [a-z]+)(?: [^\n'|]*)?)", text):
        yield shlex.split(match[1].replace("$$(date +%%F)", "today"), comments=True)


def check(arguments: list[str]) -> None:
    """That the command takes these arguments, without running it."""
    words = list(arguments)
    if words[0] == "--settings":
        words = words[2:]
    command: click.Command = main
    ctx = click.Context(main)
    while isinstance(command, click.Group):
        if command.invoke_without_command and (not words or words[0].startswith("--")):
            break
        name = words.pop(0)
        found = command.get_command(ctx, name)
        assert found, f"no verb {name}"
        command = found
    known = {option for one in command.params if isinstance(one, click.Option) for option in one.opts}
    assert {word for word in words if word.startswith("--")} <= known, words


@table("path", SERVICES, ids=lambda path: path.name)
def test_services_run_commands_that_exist(path: Path) -> None:
    service = unit(path)["Service"]
    run = "\n".join(service.get(key, "") for key in ("ExecStartPre", "ExecStart", "ExecStartPost"))
    found = list(commands(run.replace("/opt/newsledger/bin/", " ")))
    assert found, "it runs newsledger"
    for arguments in found:
        check(arguments)


@table("path", SERVICES, ids=lambda path: path.name)
def test_services_have_few_rights(path: Path) -> None:
    service = unit(path)["Service"]
    wanted = {"User": "newsledger", "NoNewPrivileges": "yes", "ProtectSystem": "strict", "ReadWritePaths": "/var/lib/newsledger",
              "PrivateTmp": "yes", "ProtectHome": "yes", "CapabilityBoundingSet": ""}  # fmt: skip
    assert {key: service.get(key) for key in wanted} == wanted
    assert service.get("MemoryMax")


def test_the_schedule_is_given_the_time_it_needs() -> None:
    service = unit(OPERATE / "systemd" / "newsledger.service")["Service"]
    assert service["KillSignal"] == "SIGTERM"
    assert service["Type"] == "notify"
    assert int(service["TimeoutStopSec"]) > STOP_SECONDS + 10 + 15
    assert "stop_grace_period: 90s" in (OPERATE / "container" / "compose.yaml").read_text(encoding="utf-8")


def test_each_timer_has_its_service() -> None:
    for path in UNITS:
        if path.suffix == ".timer":
            assert path.with_suffix(".service").exists()
            assert unit(path)["Install"]["WantedBy"] == "timers.target"


def test_systemd_finds_nothing_wrong(tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("no systemd here")
    names = []
    for path in UNITS:
        text = path.read_text(encoding="utf-8").replace("/opt/newsledger/bin/newsledger", "/bin/true")
        (tmp_path / path.name).write_text(text, encoding="utf-8")
        names.append(str(tmp_path / path.name))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *names], capture_output=True, text=True, check=False, timeout=60
    )
    if "Failed to" in done.stderr and "newsledger" not in done.stderr:
        pytest.skip(f"systemd cannot look at units here: {done.stderr.strip()[:100]}")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_container_has_few_rights() -> None:
    text = (OPERATE / "container" / "Containerfile").read_text(encoding="utf-8")
    assert re.findall(r"^USER (\S+)$", text, re.MULTILINE)[-1] == "10001:10001"
    assert 'ENTRYPOINT ["newsledger"]' in text, "exec form"
    for words in re.findall(r"CMD (\[.+\])$", text, re.MULTILINE):
        check([word for word in json.loads(words) if word != "newsledger"])
    named = set(re.findall(r"\b(NEWSLEDGER_\w+)", text + (OPERATE / "container" / "compose.yaml").read_text(encoding="utf-8")))
    assert named <= {setting.variable for setting in SETTINGS.values()}
    for source in re.findall(r"^COPY ([^-].*) \S+$", text, re.MULTILINE):
        for name in source.split():
            assert (OPERATE.parents[1] / name).exists(), name


def test_the_container_is_built_of_all_packages() -> None:
    """And the folder that workers' volume is mounted on is theirs, or they could not write in it."""
    text = (OPERATE / "container" / "Containerfile").read_text(encoding="utf-8")
    copied = {name for source in re.findall(r"^COPY ([^-].*) \S+$", text, re.MULTILINE) for name in source.split()}
    wheel = tomllib.loads((OPERATE.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"][
        "targets"
    ]["wheel"]
    assert {*wheel["packages"], *wheel["force-include"]} <= copied
    yaml = pytest.importorskip("yaml")
    services = yaml.safe_load((OPERATE / "container" / "cluster.yaml").read_text(encoding="utf-8"))["services"]
    made = re.findall(r"install -d -o newsledger .*", text)[0].split()
    for service in ("schedule", "writer", "worker"):
        for volume in services[service]["volumes"]:
            assert volume.partition(":")[2] in made, volume


def test_the_containers_versions_are_those_that_we_work_with() -> None:
    """`make lock` writes them anew."""
    project = tomllib.loads((OPERATE.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    text = (OPERATE / "container" / "requirements.txt").read_text(encoding="utf-8")
    pinned = dict(re.findall(r"^([a-z0-9.-]+)==([^ ;]+)", text, re.MULTILINE))
    extras = ("metrics", "alerts", "viewer", "cluster", "evidence")
    for line in (*project["dependencies"], *(line for extra in extras for line in project["optional-dependencies"][extra])):
        wanted = Requirement(line)
        assert wanted.specifier.contains(pinned[wanted.name.lower()]), line
    assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}", text)) > len(pinned)


def test_compose_takes_the_rest_away() -> None:
    yaml = pytest.importorskip("yaml")
    service = yaml.safe_load((OPERATE / "container" / "compose.yaml").read_text(encoding="utf-8"))["services"]["newsledger"]
    assert (service["read_only"], service["cap_drop"], service["security_opt"]) == (True, ["ALL"], ["no-new-privileges:true"])
    assert (OPERATE / "container" / service["build"]["context"] / service["build"]["dockerfile"]).exists()


def blocks(language: str) -> list[str]:
    """The blocks of a language in all documents here."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(OPERATE.glob("*.md"))]
    return [block for text in texts for block in re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)]


@pytest.mark.parametrize("block", blocks("toml"))
def test_settings_that_are_shown_are_taken(tmp_path: Path, block: str) -> None:
    file = tmp_path / "newsledger.toml"
    file.write_text(block, encoding="utf-8")
    urls = load(file, {}).secrets("alerts")
    alerts = pytest.importorskip("crawler.monitoring.alerts", exc_type=ImportError)
    assert alerts.Alerts(str(tmp_path / "news.db"), urls, timedelta(hours=1))


def test_the_line_that_is_shown_has_the_fields_that_are_told() -> None:
    (block,) = blocks("json")
    told = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|", (OPERATE / "logs.md").read_text(encoding="utf-8"), re.MULTILINE)
    fields = set(re.findall(r"`(\w+)`", " ".join(told)))
    assert json.loads(block).keys() <= fields
    assert fields - json.loads(block).keys() == {"exception", "stack"}


WORDS = {
    "and", "or", "by", "sum", "rate", "increase", "time", "absent", "for", "topk", "bottomk", "predict_linear", "site", "outcome",
    "class", "change", "reason", "label_values", "code", "field",
}  # fmt: skip


def check_query(query: str) -> None:
    """That a query asks only for metrics that exist, and for labels that they have."""
    bare = re.sub(r'"[^"]*"', '""', query)
    names = set(re.findall(r"[A-Za-z_][A-Za-z0-9_]*", re.sub(r"\[\w+\]|\b\d\S*", "", bare))) - WORDS
    assert names, query
    assert names <= METRICS.keys(), names - METRICS.keys()
    for name, selector in re.findall(r"(newsledger_\w+)\{([^}]*)\}", bare):
        assert set(re.findall(r"(\w+)\s*[=!]", selector)) <= set(METRICS[name].labels), query
    labels = {label for name in names for label in METRICS[name].labels}
    for grouping in re.findall(r"\bby \(([^)]*)\)", bare):
        assert {label.strip() for label in grouping.split(",")} <= labels, query


def test_rules_ask_for_metrics_that_exist() -> None:
    yaml = pytest.importorskip("yaml")
    (group,) = yaml.safe_load((OPERATE / "alerts.rules.yml").read_text(encoding="utf-8"))["groups"]
    assert len({rule["alert"] for rule in group["rules"]}) == len(group["rules"]) >= 10
    for rule in group["rules"]:
        check_query(rule["expr"])
        assert rule["labels"]["severity"] in ("warning", "critical")
        assert rule["annotations"]["summary"]
        for label in re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"]):
            assert label in rule["expr"] or any(label in METRICS[name].labels for name in METRICS if name in rule["expr"])


def test_the_dashboard_asks_for_metrics_that_exist() -> None:
    board = json.loads((OPERATE / "grafana.json").read_text(encoding="utf-8"))
    queries = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    queries += [variable["query"] for variable in board["templating"]["list"] if variable["type"] == "query"]
    for query in queries:
        check_query(query)
    asked = {name for name in METRICS if any(re.search(rf"{name}\b", query) for query in queries)}
    assert asked == METRICS.keys(), "each metric is on the dashboard"
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
    assert {panel["datasource"]["uid"] for panel in board["panels"]} == {"${datasource}"}


@table("path", sorted(OPERATE.glob("*.md")), ids=lambda path: path.name)
def test_documents_name_commands_that_exist(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    shown = "\n".join(re.findall(r"`(newsledger [^`]+)`", text))
    for arguments in commands(re.sub(r"\b(VERB|PATH)\b", "status", shown)):
        check(arguments)
