"""The services of a house as data: what to call, and what to tell it."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from haveri_devservers import LOOPBACK
from haveri_tool.running.plan import Plan
from haveri_tool.services import SERVICES, Service, role_of

Environment = Mapping[str, str]
_OWN = "HAVERI_"
_MAIL = "HAVERI_NOTIFY_EMAIL_URL"
# Secrets of providers, and the key of the links: nobody else needs them.
_FOR_ESCALATION = ("HAVERI_NOTIFY_", "HAVERI_LINK_KEY")
# What belongs to the supervisor and the tenant, or is said anew for each service.
_NOT_FOR_SERVICES = ("HAVERI_DATABASE_URL", "HAVERI_NATS_URL", "HAVERI_HEALTH_", "HAVERI_HTTP_", *_FOR_ESCALATION)


@dataclass(frozen=True)
class ServiceSpec:
    """`module:function` serves until SIGTERM with the settings of `environment(plan)`.

    `shared` modules are imported before forking. A stand-in is no service of ours: it stops after them.
    """

    name: str
    module: str
    environment: Callable[[Plan], Environment]
    function: str = "main"
    shared: tuple[str, ...] = ()
    stand_in: bool = False

    def work(self, plan: Plan) -> Callable[[], None]:
        """What the forked child does."""

        def serve() -> None:
            # Before anything is taken away: the plan may look at this very environment.
            said = self.environment(plan)
            for variable in [name for name in os.environ if name.startswith(_NOT_FOR_SERVICES)]:
                del os.environ[variable]
            os.environ.update(said)
            getattr(importlib.import_module(self.module), self.function)()

        return serve


def _common(plan: Plan, service: str) -> dict[str, str]:
    password = plan.secrets.database_password(service)
    said = {
        "HAVERI_DATABASE_URL": plan.backbone.service_database_url(role_of(service), password),
        "HAVERI_NATS_URL": plan.backbone.nats_url,
        "HAVERI_S3_ENDPOINT": plan.backbone.s3_endpoint,
        "HAVERI_S3_ACCESS_KEY": plan.backbone.s3_access_key,
        "HAVERI_S3_SECRET_KEY": plan.backbone.s3_secret_key,
        "HAVERI_S3_BUCKET": plan.backbone.s3_bucket,
        "HAVERI_HEALTH_HOST": LOOPBACK,
        "HAVERI_HEALTH_PORT": str(plan.ports[service]),
        "HAVERI_HTTP_HOST": LOOPBACK,
        "HAVERI_HTTP_PORT": str(plan.ports[service]),
    }
    wished = {
        "HAVERI_LOG_FORMAT": "console",
        "HAVERI_PUBLIC_URL": plan.web_url,
    }
    return {**said, **{name: plan.environment.get(name) or usual for name, usual in wished.items()}}


def _gateway(plan: Plan) -> Environment:
    if not plan.local_tenant:
        return {}
    tenant = plan.tenant_url
    return {
        "HAVERI_TEAMS_APP_ID": plan.secrets.teams_app_id(),
        "HAVERI_TEAMS_APP_SECRET": plan.secrets.teams_app_secret(),
        "HAVERI_TEAMS_TENANT_ID": plan.demo.tenant_id,
        "HAVERI_TEAMS_LOGIN_URL": tenant,
        "HAVERI_TEAMS_OPENID_METADATA_URL": f"{tenant}/v1/.well-known/openidconfiguration",
        "HAVERI_TEAMS_GRAPH_URL": f"{tenant}/v1.0",
        "HAVERI_TEAMS_SERVICE_URL": f"{tenant}/amer",
        "HAVERI_TEAMS_SERVICE_URL_HOSTS": f"{LOOPBACK}:{plan.ports['teams_tenant']}",
    }


def _escalation(plan: Plan) -> Environment:
    given = {name: value for name, value in plan.environment.items() if value and name.startswith(_FOR_ESCALATION)}
    usual = {}
    if not {"HAVERI_LINK_KEY", "HAVERI_LINK_KEY_FILE"} & given.keys():
        usual["HAVERI_LINK_KEY"] = plan.secrets.link_key()
    if plan.local_tenant and not {_MAIL, f"{_MAIL}_FILE"} & given.keys():
        usual[_MAIL] = plan.mailbox_url
    return {**usual, **given}


def _tenant(plan: Plan) -> Environment:
    return {
        "HAVERI_TENANT_HOST": LOOPBACK,
        "HAVERI_TENANT_PORT": str(plan.ports["teams_tenant"]),
        "HAVERI_TENANT_MAIL_PORT": str(plan.ports["mailbox"]),
        "HAVERI_TENANT_DATA_DIR": str(plan.home.server("teams-tenant")),
    }


_MORE_SETTINGS: Mapping[str, Callable[[Plan], Environment]] = {"teams_gateway": _gateway, "escalation": _escalation}
"""What a service is told beside what all are told."""


def _spec(service: Service) -> ServiceSpec:
    def environment(plan: Plan) -> Environment:
        more = _MORE_SETTINGS.get(service.name)
        return {**_common(plan, service.name), **(more(plan) if more else {})}

    main = f"{service.package}.main"
    return ServiceSpec(service.name, main, environment, shared=service.imports or (main,))


SPECS = (
    *(_spec(service) for service in SERVICES),
    ServiceSpec("teams_tenant", "haveri_teams_tenant.main", _tenant, function="run", stand_in=True),
)
