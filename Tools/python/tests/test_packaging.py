"""The manifests for Kubernetes: what its own schemas say, and what must be true of them beyond that."""

import shutil
import subprocess
from pathlib import Path

import kubernetes_validate
import pytest
import yaml

PACKAGING = Path(__file__).parents[2] / "packaging"
# The oldest release that knows ReadWriteOncePod as stable, and the newest that the package has.
VERSIONS = ["1.29", kubernetes_validate.latest_version()]


def manifests():
    return list(yaml.safe_load_all((PACKAGING / "kubernetes.yaml").read_text()))


def by_kind(kind):
    (one,) = [manifest for manifest in manifests() if manifest["kind"] == kind]
    return one


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("manifest", manifests(), ids=lambda manifest: manifest["kind"])
def test_manifests_fit_their_schemas(manifest, version):
    kubernetes_validate.validate(manifest, version, strict=True)


def test_a_wrong_field_does_not_fit():
    manifest = by_kind("StatefulSet")
    manifest["spec"]["replica"] = 1
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(manifest, VERSIONS[-1], strict=True)


def test_there_is_one_writer():
    spec = by_kind("StatefulSet")["spec"]
    assert spec["replicas"] == 1
    (claim,) = spec["volumeClaimTemplates"]
    assert claim["spec"]["accessModes"] == ["ReadWriteOncePod"]
    # LMDB tells its readers apart by process numbers: containers that share a journal must share those.
    assert spec["template"]["spec"]["shareProcessNamespace"] is True


def test_names_lead_somewhere():
    spec = by_kind("StatefulSet")["spec"]
    pod = spec["template"]["spec"]
    labels = spec["template"]["metadata"]["labels"]
    service = by_kind("Service")
    assert spec["serviceName"] == service["metadata"]["name"]
    assert service["spec"]["selector"] == labels == spec["selector"]["matchLabels"]
    volumes = {volume["name"] for volume in pod["volumes"]}
    volumes |= {claim["metadata"]["name"] for claim in spec["volumeClaimTemplates"]}
    ports = {}
    for container in pod["containers"]:
        assert {mount["name"] for mount in container["volumeMounts"]} <= volumes
        own = {port["name"]: port["containerPort"] for port in container.get("ports", [])}
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            if "httpGet" in container[probe]:
                assert container[probe]["httpGet"]["port"] in own
        ports |= own
    for port in service["spec"]["ports"]:
        assert ports[port["targetPort"]] == port["port"]
    configuration = by_kind("ConfigMap")
    assert {"name": configuration["metadata"]["name"]} in [
        volume.get("configMap") for volume in pod["volumes"]
    ]
    assert "daybook.toml" in configuration["data"]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not here")
def test_systemd_takes_the_unit(tmp_path):
    # The program is not installed here: one that can be run stands in for it.
    text = (PACKAGING / "daybook.service").read_text()
    assert "ExecStart=/usr/local/bin/daybook run" in text
    unit = tmp_path / "daybook.service"
    unit.write_text(text.replace("/usr/local/bin/daybook", "/bin/true"))
    ran = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)],
        capture_output=True, encoding="utf-8", timeout=60,
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, "")
