"""The environment of the Teams gateway."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, StringConstraints

from haveri_chassis.settings import ServiceSettings, StoreEndpoint
from haveri_teams_gateway.domain.allowed_hosts import AllowedHosts

MICROSOFT_HOSTS = "smba.trafficmanager.net,smba.infra.gcc.teams.microsoft.com"
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _address(value: str) -> str:
    if not value.startswith(("https://", "http://")):
        raise ValueError("it must start with https:// (or http:// for a local issuer)")
    return value.rstrip("/")


def _hosts(value: str) -> str:
    AllowedHosts.parse(value)
    return value


def _guid(value: str) -> str:
    if not _GUID.fullmatch(value):
        raise ValueError("it must be a GUID, such as 00000000-0000-0000-0000-000000000000")
    return value


Guid = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True), AfterValidator(_guid)]
Address = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_address)]
Hosts = Annotated[str, AfterValidator(_hosts)]


class GatewaySettings(ServiceSettings):
    """Who the bot is, whom it believes, and where Teams is.

    There is no setting that switches authentication off: without an app id the gateway does not start.
    """

    teams_app_id: Guid = Field(description="the bot's application (client) id, a GUID")
    teams_app_secret: SecretStr = Field(description="the bot's client secret")
    teams_tenant_id: Guid = Field(description="the app's home tenant, a GUID")
    teams_login_url: Address = Field(
        default="https://login.microsoftonline.com", description="where the bot gets its access tokens"
    )
    teams_openid_metadata_url: Address = Field(
        default="https://login.botframework.com/v1/.well-known/openidconfiguration",
        description="who signs what Teams sends",
    )
    teams_graph_url: Address = Field(default="https://graph.microsoft.com/v1.0", description="Microsoft Graph")
    teams_service_url_hosts: Hosts = Field(
        default=MICROSOFT_HOSTS, description="the hosts that the bot may be asked to talk to, comma-separated"
    )
    teams_service_url: Address = Field(
        default="https://smba.trafficmanager.net/teams",
        description="where to talk to a tenant that has not written to the bot yet",
    )
    teams_file_limit_mb: int = Field(default=50, ge=1, le=1000, description="the largest file taken, in MiB")
    http_host: str = Field(default="127.0.0.1", description="the address to listen on for Teams")
    http_port: int = Field(default=3978, ge=0, le=65535, description="the port to listen on; 0 lets the system choose")

    s3_endpoint: StoreEndpoint = Field(description="the blob store, http(s)://host:port")
    s3_access_key: SecretStr = Field(description="the blob store's access key")
    s3_secret_key: SecretStr = Field(description="the blob store's secret key")
    s3_bucket: str = Field(description="the bucket for files")
