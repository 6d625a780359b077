"""What the service is made of: known weaknesses of the pinned packages, and a bill of materials (CycloneDX).

python -m tests.supply audit            the pinned packages against the public advisories (pip-audit)
python -m tests.supply sbom bom.json    every package that runs, with version, licence and source
"""

import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
LOCK = ROOT / "requirements.lock"


def pinned() -> dict[str, str]:
    """Name and version of every package in the lock."""
    return dict(re.findall(r"^([a-z0-9._-]+)(?:\[[^]]*])?==([^ ;]+)", LOCK.read_text(encoding="utf-8"), re.MULTILINE))


def running() -> set[str]:
    """Names of the packages that the service needs to run, tools for development left out."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    todo, found = [Requirement(line) for line in project["dependencies"]], set()
    asked: set[tuple[str, str]] = set()
    while todo:
        wanted = todo.pop()
        name = canonicalize_name(wanted.name)
        found.add(name)
        for extra in {"", *wanted.extras}:
            if (name, extra) not in asked:
                asked.add((name, extra))
                needs = [Requirement(line) for line in distribution(name).requires or ()]
                todo += [need for need in needs if need.marker is None or need.marker.evaluate({"extra": extra})]
    return found


def licence(name: str) -> str:
    """As the package says itself; empty where it does not."""
    try:
        about = distribution(name).metadata
    except PackageNotFoundError:
        return ""
    classified = [line.split(" :: ")[-1] for line in about.get_all("Classifier") or () if line.startswith("License ::")]
    said = about.get("License-Expression") or (classified or [about.get("License") or ""])[0]
    return str(said).strip().splitlines()[0] if said.strip() else ""


def bill() -> str:
    """The bill of materials as CycloneDX JSON."""
    about = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    licences = LicenseFactory()

    def component(name: str, version: str, kind: ComponentType, said: str) -> Component:
        purl = PackageURL("pypi", None, name, version)
        known = [licences.make_from_string(said)] if said else []
        return Component(name=name, version=version, type=kind, purl=purl, bom_ref=str(purl), licenses=known)

    bom = Bom()
    bom.metadata.component = component(about["name"], about["version"], ComponentType.APPLICATION, about["license"])
    needed = running()
    for name, version in sorted(pinned().items()):
        if name in needed:
            bom.components.add(component(name, version, ComponentType.LIBRARY, licence(name)))
    bom.register_dependency(bom.metadata.component, bom.components)
    return JsonV1Dot6(bom).output_as_string(indent=2)


def verdict(report: dict[str, Any]) -> tuple[list[str], int]:
    """What pip-audit's report means: lines to read, and an exit code (0 nothing known, 1 weak, 2 not looked)."""
    packages = report["dependencies"]
    looked = [package for package in packages if "vulns" in package]
    if not looked:
        return ["The advisory service does not answer from here (a mirror?): nothing was audited."], 2
    weak = [
        f"{package['name']} {package['version']}: {weakness['id']}, mended in {' '.join(weakness['fix_versions'])}"
        for package in looked
        for weakness in package["vulns"]
    ]
    blind = len(packages) - len(looked)
    last = f"{len(looked)} packages audited, {len(weak)} weaknesses known" + (
        f", {blind} unknown there" if blind else ""
    )
    return [*weak, last], int(bool(weak))


def audit() -> int:
    words = ["--requirement", str(LOCK), "--no-deps", "--disable-pip", "--format", "json", "--progress-spinner", "off"]
    done = subprocess.run([sys.executable, "-m", "pip_audit", *words], capture_output=True, text=True, check=False)
    try:
        lines, code = verdict(json.loads(done.stdout))
    except ValueError:
        lines, code = verdict({"dependencies": []})
    print("\n".join(lines))
    return code


if __name__ == "__main__":
    if sys.argv[1] == "audit":
        sys.exit(audit())
    Path(sys.argv[2]).write_text(bill(), encoding="utf-8")
