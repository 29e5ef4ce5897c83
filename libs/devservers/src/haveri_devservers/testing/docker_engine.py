"""The container engine that testcontainers finds: Docker, Podman or a remote one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from docker.errors import DockerException  # type: ignore[import-untyped]
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import ExecWaitStrategy, HttpWaitStrategy

from haveri_devservers.errors import EmbeddedServerError
from haveri_devservers.testing.container_source import HttpProbe, Recipe, RunningContainer


@dataclass(frozen=True)
class _Running:
    container: DockerContainer

    def address(self, port: int) -> tuple[str, int]:
        return self.container.get_container_host_ip(), int(self.container.get_exposed_port(port))


class DockerEngine:
    """Runs recipes by testcontainers, which removes the containers even when the test run is killed."""

    @contextmanager
    def run(self, recipe: Recipe) -> Iterator[RunningContainer]:
        """Run one container until the context is left; raise EmbeddedServerError when there is no engine."""
        with _built(recipe) as container:
            yield _Running(container)


def _built(recipe: Recipe) -> DockerContainer:
    try:
        container = DockerContainer(recipe.image)
    except DockerException as refusal:
        raise EmbeddedServerError(
            f"HAVERI_TEST_CONTAINERS asks for containers, but no container engine answers: {refusal}."
        ) from refusal
    container.with_exposed_ports(*recipe.ports).with_command(list(recipe.command)).with_envs(**recipe.environment)
    for path, text in recipe.files.items():
        container.with_copy_into_container(text.encode(), path)
    probe = recipe.probe
    if isinstance(probe, HttpProbe):
        return container.waiting_for(HttpWaitStrategy(probe.port, probe.path))
    return container.waiting_for(ExecWaitStrategy(list(probe.arguments)))
