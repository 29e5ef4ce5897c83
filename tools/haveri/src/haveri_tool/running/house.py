"""One house while it runs: servers, services, the file that says where they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from haveri_tool.endpoints import Endpoints
from haveri_tool.running.plan import Plan
from haveri_tool.running.specs import ServiceSpec
from haveri_tool.supervision.managed_process import ManagedProcess, ProcessEvent
from haveri_tool.supervision.service import ForkedService
from haveri_tool.supervision.watch import Watch


class House:
    """The managed processes of a plan's servers and services."""

    def __init__(
        self,
        plan: Plan,
        specs: Sequence[ServiceSpec],
        watch: Watch,
        notify: Callable[[ProcessEvent], None],
        supervisor: int,
    ) -> None:
        self.plan = plan
        self.watch = watch
        self._supervisor = supervisor
        self.servers = {name: ManagedProcess(name, process, notify) for name, process in plan.backbone.servers.items()}
        self.processes = {spec.name: self._process(spec) for spec in specs}
        self.stand_ins = {
            spec.name: ManagedProcess(spec.name, self.processes[spec.name], notify) for spec in specs if spec.stand_in
        }
        self.services = {
            spec.name: ManagedProcess(spec.name, self.processes[spec.name], notify)
            for spec in specs
            if not spec.stand_in
        }

    def _process(self, spec: ServiceSpec) -> ForkedService:
        return ForkedService(spec.work(self.plan), self.plan.home.log_of(spec.name), self.plan.ports[spec.name])

    def managed(self, name: str) -> ManagedProcess:
        """The managed process of a service or stand-in."""
        return self.services.get(name) or self.stand_ins[name]

    def has(self, *services: str) -> bool:
        """True when all of these run here."""
        return set(services) <= self.processes.keys()

    def endpoints(self, *, furnished: bool) -> Endpoints:
        """Where everything is now. What is being started again keeps its last process id until it is back."""
        plan, backbone = self.plan, self.plan.backbone
        return Endpoints(
            supervisor=self._supervisor,
            web=plan.web_url if self.has("web") else None,
            teams_gateway=plan.gateway_url if self.has("teams_gateway") else None,
            teams_tenant=plan.tenant_url if self.has("teams_tenant") else None,
            nats=backbone.nats_url,
            mqtt=backbone.mqtt_url,
            postgres=backbone.database_url,
            s3=backbone.s3_endpoint,
            s3_access_key=backbone.s3_access_key,
            s3_secret_key=backbone.s3_secret_key,
            s3_bucket=backbone.s3_bucket,
            organization=plan.demo.slug if furnished else None,
            api_token=plan.secrets.api_token() if furnished else None,
            administrator=self._administrator() if furnished else None,
            services={name: self._service(one) for name, one in self.services.items()},
            servers={name: {"pid": one.pid} for name, one in {**self.servers, **self.stand_ins}.items()},
        )

    def _service(self, one: ManagedProcess) -> Mapping[str, object]:
        process = self.processes[one.name]
        base = process.health_url.removesuffix("/readyz")
        return {"pid": one.pid, "health": process.health_url, "metrics": f"{base}/metrics"}

    def _administrator(self) -> Mapping[str, str]:
        return {
            "email": self.plan.demo.administrator_email,
            "password": self.plan.secrets.administrator_password(),
        }

    def stop(self) -> None:
        """Services first, so that they can finish; then the tenant, then the servers."""
        layers = ([one.process for one in layer.values()] for layer in (self.services, self.stand_ins, self.servers))
        self.watch.stop(*layers)
