"""The bill of materials names what runs, and an audit that could not look does not say that all is well."""

import json

from tests import supply


def test_the_bill_of_materials_names_what_runs_and_nothing_else() -> None:
    bill = json.loads(supply.bill())
    parts = {part["name"]: part for part in bill["components"]}
    assert bill["bomFormat"] == "CycloneDX"
    assert {"aiogram", "python-telegram-bot", "apscheduler", "sqlmodel", "scikit-learn", "pysastrawi"} <= set(parts)
    assert {"aiosqlite", "greenlet", "scipy"} <= set(parts), "what these need is there, too"
    assert not {"pytest", "ruff", "mypy", "playwright", "pip-audit"} & set(parts)
    for name, part in parts.items():
        assert part["version"] == supply.pinned()[name]
        assert part["purl"] == f"pkg:pypi/{name}@{part['version']}"
    licensed = [part for part in parts.values() if part.get("licenses")]
    assert len(licensed) >= len(parts) * 0.9


def test_an_audit_says_what_it_saw() -> None:
    well = {"name": "aiogram", "version": "3.31.0", "vulns": []}
    weak = {"name": "old", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}]}
    unseen = {"name": "other", "skip_reason": "Dependency not found on PyPI"}
    assert supply.verdict({"dependencies": [well]}) == (["1 packages audited, 0 weaknesses known"], 0)
    assert supply.verdict({"dependencies": [well, weak, unseen]}) == (
        ["old 1.0: PYSEC-1, mended in 1.1", "2 packages audited, 1 weaknesses known, 1 unknown there"],
        1,
    )
    assert supply.verdict({"dependencies": [unseen]})[1] == supply.verdict({"dependencies": []})[1] == 2
