"""The files of `docs/deploy`, read by what reads them, as far as that is here."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from dagster._config import process_config
from dagster._core.instance.config import dagster_instance_config
from dagster._serdes import ConfigurableClassData
from dagster_aws.ecs import EcsRunLauncher

import hubspot_assets

ROOT = Path(hubspot_assets.__file__).parents[1]
DEPLOY = ROOT / "docs" / "deploy"
PAGE = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")


def loaded(name: str) -> dict[str, Any]:
    content = yaml.safe_load((DEPLOY / name).read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    return content


def _in_camel_case(value: Any) -> Any:
    """The same as the Helm chart names it."""
    if not isinstance(value, dict):
        return value
    return {re.sub(r"_(.)", lambda m: m[1].upper(), name): _in_camel_case(one) for name, one in value.items()}


@pytest.mark.parametrize("name", ["dagster.yaml", "ecs/dagster.yaml"])
def test_dagster_takes_the_instance_files(name: str) -> None:
    config, _ = dagster_instance_config(str((DEPLOY / name).parent))
    assert config["run_monitoring"]["enabled"]
    assert config["concurrency"]["pools"] == {"granularity": "run", "default_limit": 1}, "one run of a portal at a time"


def test_the_instance_is_the_same_wherever_it_is_deployed() -> None:
    one, ecs, chart = loaded("dagster.yaml"), loaded("ecs/dagster.yaml"), loaded("kubernetes/values.yaml")
    assert ecs.keys() - one.keys() == {"run_launcher"}
    for section in one.keys() - {"run_monitoring"}:  # a task takes longer to start
        assert ecs[section] == one[section], section
    told = {name: one[name] for name in ("concurrency", "run_retries", "retention", "telemetry")}
    daemon = chart["dagsterDaemon"]
    runs = {"maxConcurrentRuns": daemon["runCoordinator"]["config"]["queuedRunCoordinator"]["maxConcurrentRuns"]}
    of_the_chart = {
        "concurrency": {"pools": chart["concurrency"]["pools"], "runs": runs},
        "runRetries": daemon["runRetries"],
        "retention": {name: value for name, value in chart["retention"].items() if name != "enabled"},
        "telemetry": chart["telemetry"],
    }
    assert of_the_chart == _in_camel_case(told)


def test_the_launcher_of_ecs_takes_its_configuration() -> None:
    launcher = loaded("ecs/dagster.yaml")["run_launcher"]
    data = ConfigurableClassData(launcher["module"], launcher["class"], yaml.safe_dump(launcher["config"]))
    assert data.class_name == EcsRunLauncher.__name__
    result = process_config(EcsRunLauncher.config_type(), launcher["config"])
    assert result.success, result.errors


def test_the_compose_file_is_one() -> None:
    services = loaded("compose/docker-compose.yml")["services"]
    assert services.keys() == {"postgres", "code", "daemon", "webserver"}
    for service in services.values():
        assert set(service.get("depends_on", ())) <= services.keys()
    (location,) = loaded("compose/workspace.yaml")["load_from"]
    assert location["grpc_server"]["host"] in services
    assert f"-p {location['grpc_server']['port']}" in services["code"]["command"]
    wanted = re.findall(r"env: (\w+)", (DEPLOY / "dagster.yaml").read_text(encoding="utf-8"))
    assert set(wanted) <= services["daemon"]["environment"].keys(), "what dagster.yaml reads is set"


def test_docker_compose_takes_the_compose_file(tmp_path: Path) -> None:
    if not shutil.which("docker-compose"):
        pytest.skip("no docker-compose here")
    (tmp_path / ".env").write_text("POSTGRES_PASSWORD=secret\n")
    shutil.copy(DEPLOY / "compose" / "docker-compose.yml", tmp_path)
    done = subprocess.run(["docker-compose", "config", "-q"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("no systemd here")
    for unit in sorted((DEPLOY / "systemd").glob("*.service")):
        text = unit.read_text(encoding="utf-8")
        command = re.search(r"ExecStart=\S+/bin/(\S+)", text)
        assert command, unit
        assert command[1] in ("dagster-daemon", "dagster-webserver")
        # The program of a unit has to be there to be looked at.
        here = tmp_path / unit.name
        here.write_text(re.sub(r"ExecStart=\S+", "ExecStart=/bin/true", text))
        done = subprocess.run(["systemd-analyze", "verify", str(here)], capture_output=True, text=True, check=False)
        assert "hubspot-assets" not in done.stderr, done.stderr


def test_the_other_files_name_this_code_location() -> None:
    (deployment,) = loaded("kubernetes/values.yaml")["dagster-user-deployments"]["deployments"]
    assert deployment["dagsterApiGrpcArgs"] == ["-m", "hubspot_assets.definitions"]
    (location,) = loaded("dagster_plus/dagster_cloud.yaml")["locations"]
    assert location["code_source"] == {"module_name": "hubspot_assets.definitions"}


def test_every_file_is_named_on_the_page() -> None:
    for path in DEPLOY.rglob("*"):
        if path.is_file() and path.name not in ("Dockerfile", "workspace.yaml", "hubspot-assets-webserver.service"):
            assert str(path.relative_to(DEPLOY.parent)) in PAGE, path
