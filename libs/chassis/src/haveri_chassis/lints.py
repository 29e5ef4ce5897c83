"""Rules of the house that ruff does not know: nobody reaches the database past the door that asks for an organisation.

`python -m haveri_chassis.lints [workspace]` reads every member's `src` and exits 1 with what it found. Exceptions
stand in the workspace's pyproject.toml under `[tool.haveri.lints]`, a list of modules for each rule.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

OWN_CONNECTIONS = "own_connections"
ACROSS_ORGANIZATIONS = "across_organizations"
TENANT_SETTING = "tenant_setting"

_OPENERS = frozenset({"asyncpg.connect", "asyncpg.create_pool", "create_async_engine", "create_engine"})
_DRIVER_METHODS = {"connect": "engine", "begin": "engine", "acquire": "pool"}
_SETTING = "haveri.organization"
_ADVICE = {
    OWN_CONNECTIONS: "opens a connection past haveri_chassis.database: use Database.transaction or Database.session",
    ACROSS_ORGANIZATIONS: "reads across organisations: use Database.transaction, or list the module with a reason",
    TENANT_SETTING: "sets the organisation itself: only haveri_chassis.database does, local to a transaction",
}


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One place that breaks one rule."""

    path: Path
    line: int
    rule: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {_ADVICE[self.rule]}"


def check_workspace(root: Path) -> list[Finding]:
    """Check every member's sources; raises SyntaxError for a file that is not Python."""
    exceptions = _exceptions(root)
    findings: list[Finding] = []
    for sources in sorted(root.glob("*/*/src")):
        for path in sorted(sources.rglob("*.py")):
            module = ".".join(path.relative_to(sources).with_suffix("").parts)
            excused = {rule for rule, modules in exceptions.items() if _covers(modules, module)}
            found = check_source(path.read_text(encoding="utf-8"), path.relative_to(root))
            findings += [finding for finding in found if finding.rule not in excused]
    return sorted(findings)


def check_source(source: str, path: Path) -> list[Finding]:
    """Check one file's text."""
    tree = ast.parse(source, str(path))
    prose = _prose(tree)
    return [
        Finding(path, getattr(node, "lineno", 1), rule)
        for node in ast.walk(tree)
        if node not in prose
        for rule in _broken_by(node)
    ]


def _broken_by(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call):
        name = _dotted(node.func)
        tail = name.rpartition(".")[2]
        if name in _OPENERS or tail in _OPENERS or tail == "dedicated_connection" or _opens_through_driver(name):
            yield OWN_CONNECTIONS
        if tail == "across_organizations":
            yield ACROSS_ORGANIZATIONS
    elif isinstance(node, ast.ImportFrom) and node.module == "asyncpg":
        if any(alias.name in ("connect", "create_pool") for alias in node.names):
            yield OWN_CONNECTIONS
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _SETTING in node.value:
        yield TENANT_SETTING


def _opens_through_driver(name: str) -> bool:
    receiver, _, method = name.rpartition(".")
    return method in _DRIVER_METHODS and _DRIVER_METHODS[method] in receiver.rpartition(".")[2].lower()


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    if isinstance(node, ast.Call):
        return _dotted(node.func)
    return node.id if isinstance(node, ast.Name) else ""


def _prose(tree: ast.Module) -> set[ast.AST]:
    """Docstrings and other strings that stand alone: they may speak of the setting."""
    return {statement.value for statement in ast.walk(tree) if isinstance(statement, ast.Expr)}


def _exceptions(root: Path) -> Mapping[str, list[str]]:
    configured = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    exceptions: Mapping[str, list[str]] = configured.get("tool", {}).get("haveri", {}).get("lints", {})
    unknown = set(exceptions) - set(_ADVICE)
    if unknown:
        raise ValueError(f"[tool.haveri.lints] in pyproject.toml names unknown rules: {', '.join(sorted(unknown))}")
    return exceptions


def _covers(modules: list[str], module: str) -> bool:
    return any(module == one or module.startswith(f"{one}.") for one in modules)


def main() -> None:
    """Print what breaks a rule in the workspace named on the command line (or here) and exit 1 if anything does."""
    findings = check_workspace(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
    for finding in findings:
        sys.stdout.write(f"{finding}\n")
    sys.exit(1 if findings else 0)


if __name__ == "__main__":
    main()
