from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from haveri_devservers import EmbeddedServerError
from haveri_devservers.testing.container_source import ContainerSource, Recipe, RunningContainer
from haveri_devservers.testing.embedded_source import EmbeddedSource
from haveri_devservers.testing.sources import choose_source


class FarAway:
    """A container on another host, every port moved by 10,000."""

    def address(self, port: int) -> tuple[str, int]:
        return "engine.example", port + 10_000


class RememberingEngine:
    def __init__(self) -> None:
        self.recipes: list[Recipe] = []
        self.stopped = 0

    @contextmanager
    def run(self, recipe: Recipe) -> Iterator[RunningContainer]:
        self.recipes.append(recipe)
        yield FarAway()
        self.stopped += 1


@pytest.mark.parametrize("environment", [{}, {"HAVERI_TEST_CONTAINERS": "0"}, {"HAVERI_TEST_CONTAINERS": ""}])
def test_servers_come_from_wheels_unless_containers_are_asked_for(environment: dict[str, str]) -> None:
    assert isinstance(choose_source(environment), EmbeddedSource)


def test_servers_come_from_containers_when_asked_for() -> None:
    assert isinstance(choose_source({"HAVERI_TEST_CONTAINERS": "1"}), ContainerSource)


def test_an_unclear_wish_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="HAVERI_TEST_CONTAINERS is 'maybe'"):
        choose_source({"HAVERI_TEST_CONTAINERS": "maybe"})


def test_containers_are_reached_where_the_engine_put_them_and_stopped_at_the_end() -> None:
    engine = RememberingEngine()
    source = ContainerSource(engine)
    with source.postgres() as postgres, source.nats() as nats, source.s3() as s3:
        assert postgres.admin_dsn == f"postgresql://postgres:{postgres.password}@engine.example:15432/postgres"
        assert nats.url == f"nats://services:{nats.password}@engine.example:14222"
        assert (nats.monitoring_port, nats.mqtt_port) == (18222, 11883)
        assert s3.url == "http://engine.example:19000"
    assert [recipe.image.split(":")[0] for recipe in engine.recipes] == ["pgvector/pgvector", "nats", "minio/minio"]
    assert engine.stopped == 3


def test_the_nats_container_has_the_same_limits_and_doors_as_the_embedded_server() -> None:
    engine = RememberingEngine()
    with ContainerSource(engine).nats() as nats:
        config = json.loads(engine.recipes[0].files["/haveri.conf"])
    assert config["authorization"]["users"] == [{"user": "services", "password": nats.password}]
    assert config["max_payload"] == 8 * 1024 * 1024
    assert config["mqtt"] == {"listen": "0.0.0.0:1883"}


def test_asking_for_containers_without_an_engine_is_answered_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/no-engine.sock")
    source = choose_source({"HAVERI_TEST_CONTAINERS": "1"})
    with pytest.raises(EmbeddedServerError, match="no container engine answers"), source.postgres():
        pytest.fail("there is no engine")
