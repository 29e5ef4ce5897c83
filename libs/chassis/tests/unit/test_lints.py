"""Nobody reaches the database past the door that asks for an organisation, and the workspace holds to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from haveri_chassis.lints import ACROSS_ORGANIZATIONS, OWN_CONNECTIONS, TENANT_SETTING, check_source, check_workspace

WORKSPACE = next(folder for folder in Path(__file__).parents if (folder / "uv.lock").is_file())


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        ("async with engine.connect() as c: ...", OWN_CONNECTIONS),
        ("async with self._engine.begin() as c: ...", OWN_CONNECTIONS),
        ("async with self._pool.acquire() as c: ...", OWN_CONNECTIONS),
        ("c = await asyncpg.connect(url)", OWN_CONNECTIONS),
        ("c = asyncpg.create_pool(url)", OWN_CONNECTIONS),
        ("from asyncpg import connect", OWN_CONNECTIONS),
        ("e = create_async_engine(url)", OWN_CONNECTIONS),
        ("e = sqlalchemy.create_engine(url)", OWN_CONNECTIONS),
        ("c = await database.dedicated_connection()", OWN_CONNECTIONS),
        ("async with self.database.across_organizations() as c: ...", ACROSS_ORGANIZATIONS),
        ("await c.execute(\"SET haveri.organization = 'demo'\")", TENANT_SETTING),
        ("await c.execute(f\"SET haveri.organization = '{x}'\")", TENANT_SETTING),
    ],
)
def test_a_way_past_the_door_is_found(source, rule):
    (finding,) = check_source(f"async def f():\n    {source}", Path("service.py"))
    assert (finding.rule, finding.line) == (rule, 2)
    assert str(finding).startswith(f"service.py:2: {rule}: ")


@pytest.mark.parametrize(
    "source",
    [
        "async with database.transaction(organization) as c: ...",
        "async with database.session(organization) as s: ...",
        "await self._room.acquire()",
        "client = await nats.connect(url)",
        '"""Sets haveri.organization for the transaction."""',
        "async with session.begin(): ...",
    ],
)
def test_ordinary_work_is_left_alone(source):
    assert check_source(f"async def f():\n    {source}", Path("service.py")) == []


def test_the_workspace_holds_to_the_rules():
    findings = check_workspace(WORKSPACE)
    assert not findings, "\n".join(map(str, findings))


def write(root: Path, settings: str) -> None:
    sources = root / "services" / "demo" / "src" / "haveri_demo"
    sources.mkdir(parents=True)
    (sources / "lookup.py").write_text("def f(database): return database.across_organizations()\n")
    (root / "pyproject.toml").write_text(settings)


def test_an_exception_is_named_in_the_workspaces_settings(tmp_path):
    write(tmp_path, "")
    (finding,) = check_workspace(tmp_path)
    assert finding.path == Path("services/demo/src/haveri_demo/lookup.py")
    (tmp_path / "pyproject.toml").write_text('[tool.haveri.lints]\nacross_organizations = ["haveri_demo.lookup"]\n')
    assert check_workspace(tmp_path) == []


def test_an_exception_to_an_unknown_rule_is_a_mistake(tmp_path):
    write(tmp_path, '[tool.haveri.lints]\nacross_organisations = ["haveri_demo.lookup"]\n')
    with pytest.raises(ValueError, match="unknown rules: across_organisations"):
        check_workspace(tmp_path)
