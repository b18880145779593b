"""The layers hold: flows → campaigns → connectors, and nothing the other way round."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PLATFORMS = tuple(sorted(path.parent.name for path in (ROOT / "connectors").glob("*/connector.py")))


@dataclass(frozen=True)
class Rule:
    """Files under `where` (but for `except_for`) import nothing that begins with one of `never`."""

    sentence: str
    where: tuple[str, ...]
    never: tuple[str, ...]
    except_for: tuple[str, ...] = ()


RULES = (
    Rule(
        "connectors are a leaf: no database, no engine, no data frames, no campaigns",
        ("connectors",),
        ("campaigns", "flows", "sqlmodel", "sqlalchemy", "prefect", "pandas", "pyarrow", "openpyxl"),
    ),
    Rule(
        "campaigns never import flows: runs start through orchestrator.py, by name",
        ("campaigns",),
        ("flows",),
    ),
    Rule(
        "Prefect is imported by the orchestrator and the embedded server alone",
        ("campaigns",),
        ("prefect",),
        ("campaigns/orchestrator.py", "campaigns/prefect_server"),
    ),
    Rule(
        "the core knows the contract, no platform and no way to send a request",
        ("campaigns",),
        (
            "httpx",
            "aiohttp",
            "connectors.registry",
            "connectors.simulat",
            *(f"connectors.{name}" for name in PLATFORMS),
        ),
        (
            "campaigns/accounts.py",
            "campaigns/cli",
            "campaigns/rehearsal",
            "campaigns/prefect_server",
            "campaigns/orchestrator.py",
        ),
    ),
    Rule(
        "data frames stop at dial_lists, results and the columns of telephone numbers",
        ("campaigns",),
        ("pandas", "pyarrow", "openpyxl", "python_calamine", "xlsxwriter"),
        ("campaigns/dial_lists", "campaigns/results", "campaigns/phone_numbers", "campaigns/rehearsal"),
    ),
    Rule(
        "flows say when: no requests, no tables, no data frames",
        ("flows",),
        ("httpx", "pandas", "pyarrow", "sqlmodel", "sqlalchemy", "connectors.mvb2000"),
    ),
    *(
        Rule(
            f"{name} knows no other platform",
            (f"connectors/{name}",),
            tuple(f"connectors.{other}" for other in PLATFORMS if other != name),
        )
        for name in PLATFORMS
    ),
    Rule(
        "a simulator is written from the manual alone: it shares no code with its connector",
        tuple(f"connectors/{name}/simulator" for name in PLATFORMS),
        tuple(
            f"connectors.{name}.{part}"
            for name in PLATFORMS
            for part in ("client", "codes", "connector", "endpoints", "envelope", "settings", "staging", "reports")
        ),
    ),
)


def modules(rule: Rule) -> Iterator[Path]:
    for where in rule.where:
        for path in sorted((ROOT / where).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if not any(name == exception or name.startswith(f"{exception}/") for exception in rule.except_for):
                yield path


def imported_names(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def matches(name: str, forbidden: str) -> bool:
    return (
        name == forbidden
        or name.startswith(f"{forbidden}.")
        or (forbidden.endswith("simulat") and name.startswith(forbidden))
    )


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.sentence)
def test_layers_hold(rule: Rule) -> None:
    """Each rule of the architecture holds in every module; the failure is the rule's sentence."""
    broken = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(rule)
        for name in sorted(imported_names(path))
        for forbidden in rule.never
        if matches(name, forbidden)
    ]
    assert not broken, f"{rule.sentence}: {', '.join(broken)}"


def test_a_broken_rule_is_noticed(tmp_path: Path) -> None:
    """The reader of imports sees every form of import, so that a rule cannot be broken unseen."""
    module = tmp_path / "module.py"
    module.write_text("import pandas.core\nfrom connectors import registry\ndef f():\n    from flows.x import y\n")
    assert {"pandas.core", "connectors.registry", "flows.x.y"} <= imported_names(module)
    assert matches("pandas.core", "pandas")
    assert not matches("pandasx", "pandas")
