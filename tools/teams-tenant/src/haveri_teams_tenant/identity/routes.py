"""The doors of login.botframework.com and login.microsoftonline.com: metadata, keys and access tokens."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import JSONResponse

from haveri_teams_tenant.clock import stamp
from haveri_teams_tenant.house import House, HouseDep
from haveri_teams_tenant.identity.tokens import BOT_AUDIENCE, GRAPH_AUDIENCE, LIFETIME
from haveri_teams_tenant.state.records import App

router = APIRouter(include_in_schema=False)

BOT_SCOPES = {"https://api.botframework.com/.default", "https://api.botframework.com//.default"}
GRAPH_SCOPES = {"https://graph.microsoft.com/.default", "https://graph.microsoft.com//.default"}


class TokenRefused(Exception):
    """No token is issued; carries what Entra would answer."""

    def __init__(self, status: int, error: str, code: int, text: str) -> None:
        super().__init__(text)
        self.status, self.error, self.code, self.text = status, error, code, text


@router.get("/.well-known/openidconfiguration")
@router.get("/{anything:path}/.well-known/openidconfiguration")
async def bot_framework_metadata(house: HouseDep) -> dict[str, Any]:
    """Where bots learn who signs the activities they are sent."""
    base = house.settings.base_url
    return {
        "issuer": "https://api.botframework.com",
        "authorization_endpoint": "https://invalid.botframework.com",
        "jwks_uri": f"{base}/v1/.well-known/keys",
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
    }


@router.get("/v1/.well-known/keys")
@router.get("/.well-known/keys")
async def bot_framework_keys(house: HouseDep) -> dict[str, Any]:
    """The Bot Framework's public keys with their endorsements."""
    return house.tokens.push_keys.document(endorsed=True)


@router.get("/{tenant}/v2.0/.well-known/openid-configuration")
async def entra_metadata(tenant: str, house: HouseDep) -> dict[str, Any]:
    """Where clients learn the token endpoint of a tenant."""
    base = f"{house.settings.base_url}/{tenant}"
    return {
        "issuer": f"https://login.microsoftonline.com/{tenant}/v2.0",
        "token_endpoint": f"{base}/oauth2/v2.0/token",
        "jwks_uri": f"{base}/discovery/v2.0/keys",
        "token_endpoint_auth_methods_supported": ["client_secret_post"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["token"],
    }


@router.get("/{tenant}/discovery/v2.0/keys")
async def entra_keys(house: HouseDep) -> dict[str, Any]:
    """Entra's public keys."""
    return house.tokens.access_keys.document(endorsed=False)


@router.post("/{tenant}/oauth2/v2.0/token")
async def token(
    tenant: str,
    house: HouseDep,
    grant_type: Annotated[str, Form()] = "",
    client_id: Annotated[str, Form()] = "",
    client_secret: Annotated[str, Form()] = "",
    scope: Annotated[str, Form()] = "",
) -> JSONResponse:
    """Client credentials in, an access token out; refusals as Entra words them."""
    try:
        app = _judge_client(house, grant_type, client_id.lower(), client_secret)
        audience, tenant_id = _judge_scope(house, app, tenant.lower(), scope)
    except TokenRefused as refusal:
        return _refused(house, refusal)
    access_token = house.tokens.access_token(audience, app.id, tenant_id)
    lifetime = int(LIFETIME.total_seconds())
    return JSONResponse(
        {"token_type": "Bearer", "expires_in": lifetime, "ext_expires_in": lifetime, "access_token": access_token},
        headers={"Cache-Control": "no-store"},
    )


def _judge_client(house: House, grant_type: str, client_id: str, secret: str) -> App:
    if grant_type != "client_credentials":
        text = "The app requested an unsupported grant type."
        raise TokenRefused(400, "unsupported_grant_type", 70003, text)
    app = house.world.apps.get(client_id)
    if app is None:
        text = f"Application with identifier '{client_id}' was not found."
        raise TokenRefused(400, "unauthorized_client", 700016, text)
    if secret != app.secret:
        text = f"Invalid client secret provided. Ensure that the secret sent is the value for app '{app.id}'."
        raise TokenRefused(401, "invalid_client", 7000215, text)
    return app


def _judge_scope(house: House, app: App, tenant: str, scope: str) -> tuple[str, str]:
    if scope in BOT_SCOPES:
        if tenant not in ("botframework.com", app.home_tenant_id):
            text = f"Application with identifier '{app.id}' was not found in the directory '{tenant}'."
            raise TokenRefused(400, "unauthorized_client", 700016, text)
        return BOT_AUDIENCE, app.home_tenant_id
    if scope not in GRAPH_SCOPES:
        text = f"The provided value for scope {scope!r} is not valid. Client credentials need a '/.default' scope."
        raise TokenRefused(400, "invalid_scope", 1002012, text)
    if tenant not in house.world.tenants:
        raise TokenRefused(400, "invalid_request", 90002, f"Tenant '{tenant}' not found.")
    if house.world.installed(tenant, app.id) is None:
        text = f"Application with identifier '{app.id}' was not found in the directory '{tenant}'."
        raise TokenRefused(400, "unauthorized_client", 700016, text)
    return GRAPH_AUDIENCE, tenant


def _refused(house: House, refusal: TokenRefused) -> JSONResponse:
    trace, correlation = house.ids.guid(), house.ids.guid()
    timestamp = stamp(house.clock.now())
    description = (
        f"AADSTS{refusal.code}: {refusal.text} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {timestamp}"
    )
    body = {
        "error": refusal.error,
        "error_description": description,
        "error_codes": [refusal.code],
        "timestamp": timestamp,
        "trace_id": trace,
        "correlation_id": correlation,
        "error_uri": f"https://login.microsoftonline.com/error?code={refusal.code}",
    }
    return JSONResponse(body, refusal.status, headers={"Cache-Control": "no-store"})
