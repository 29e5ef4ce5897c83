"""Components live in order, and readiness names each that does not work."""

from __future__ import annotations

import asyncio

import httpx2
import pytest

from haveri_chassis.health import health_app, mount_health
from haveri_chassis.service import App, running
from haveri_chassis.settings import ServiceSettings


class Part:
    """A component that writes down what happens to it."""

    def __init__(self, name: str, diary: list[str], *, fails: int = 0, problem: str | None = None) -> None:
        self.name = name
        self.diary = diary
        self.fails = fails
        self.trouble = problem

    async def start(self) -> None:
        """Fail as often as it is told to, then start."""
        if self.fails:
            self.fails -= 1
            raise OSError("cannot reach postgresql://x:hunter2@db")
        self.diary.append(f"+{self.name}")

    async def stop(self) -> None:
        """Stop; one of them badly."""
        self.diary.append(f"-{self.name}")
        if self.name == "clumsy":
            raise RuntimeError("it fell over")

    def problem(self) -> str | None:
        """What it is told to say."""
        return self.trouble


def app_of(*parts: Part) -> App:
    """A service of these parts."""
    settings = ServiceSettings(database_url="postgresql://x", nats_url="nats://x")  # type: ignore[arg-type]
    return App("sample", settings, health_app("sample"), list(parts))


async def ask(app: App, path: str) -> httpx2.Response:
    """What its HTTP port answers."""
    transport = httpx2.ASGITransport(app=app.http)
    async with httpx2.AsyncClient(transport=transport, base_url="http://sample") as client:
        return await client.get(path)


async def test_components_start_in_order_and_stop_in_reverse() -> None:
    """Even when one of them does not stop cleanly."""
    diary: list[str] = []
    app = app_of(Part("database", diary), Part("clumsy", diary), Part("relay", diary))

    async with running(app):
        assert diary == ["+database", "+clumsy", "+relay"]

    assert diary[3:] == ["-relay", "-clumsy", "-database"]


async def test_readiness_names_each_component_that_does_not_work() -> None:
    """And turns to ready by itself."""
    diary: list[str] = []
    bus = Part("bus", diary, problem="NATS is not connected")
    app = app_of(Part("database", diary), bus)
    mount_health(app.http, app)

    before = await ask(app, "/readyz")
    await app.start()
    meanwhile = await ask(app, "/readyz")
    bus.trouble = None
    after = await ask(app, "/readyz")

    assert before.status_code == 503
    assert [each["component"] for each in before.json()["problems"]] == ["database", "bus"]
    assert meanwhile.status_code == 503
    assert meanwhile.json()["problems"] == [{"component": "bus", "problem": "NATS is not connected"}]
    assert after.status_code == 200
    assert after.json() == {"status": "ready", "service": "sample", "problems": []}


async def test_a_component_that_does_not_start_is_tried_again_and_its_secrets_are_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The ones after it wait for it."""
    monkeypatch.setattr("haveri_chassis.service._RETRY_SECONDS", 0.01)
    diary: list[str] = []
    app = app_of(Part("database", diary, fails=3), Part("bus", diary))
    starting = asyncio.create_task(app.start())
    await asyncio.sleep(0)

    ((component, problem), _) = app.problems()
    await asyncio.wait_for(starting, 5)

    assert component == "database"
    assert "does not start" in problem
    assert "hunter2" not in problem
    assert diary == ["+database", "+bus"]
    assert app.problems() == []


async def test_liveness_asks_nobody_and_metrics_are_prometheus_text() -> None:
    """A process whose database is away still lives: killing it would not help."""
    app = app_of(Part("database", [], problem="away"))
    mount_health(app.http, app)
    mount_health(app.http, app)

    assert (await ask(app, "/livez")).json() == {"status": "alive", "service": "sample"}
    metrics = await ask(app, "/metrics")
    assert metrics.headers["content-type"].startswith("text/plain")
    assert "haveri_bus_connected" in metrics.text
