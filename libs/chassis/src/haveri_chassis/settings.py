"""The settings that every service shares, read once from the environment in `main.py`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

PREFIX = "HAVERI_"


class SettingsError(Exception):
    """A setting is missing or malformed; the message is one sentence that names the variable."""


def _database_url(value: SecretStr) -> SecretStr:
    # Only the scheme: host and database may stand in the query (a socket) or be several (a cluster).
    if not value.get_secret_value().startswith(("postgresql://", "postgres://")):
        raise ValueError("it must be like postgresql://user:password@host:5432/database")
    return value


def _nats_url(value: SecretStr) -> SecretStr:
    if not all(_is_address(url.strip(), ("nats", "tls")) for url in value.get_secret_value().split(",")):
        raise ValueError("it must be like nats://host:4222, or several of these with commas between them")
    return value


def _http_url(value: str) -> str:
    if not _is_address(value, ("http", "https")):
        raise ValueError("it must be like http://host:9000 or https://host")
    return value


def _store_endpoint(value: str) -> str:
    return value if "://" not in value and _is_address(f"http://{value}", ("http",)) else _http_url(value)


def _is_address(url: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in schemes and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False


DatabaseUrl = Annotated[SecretStr, AfterValidator(_database_url)]
NatsUrl = Annotated[SecretStr, AfterValidator(_nats_url)]
HttpUrl = Annotated[str, AfterValidator(_http_url)]
StoreEndpoint = Annotated[str, AfterValidator(_store_endpoint)]
"""Where the blob store is: `http(s)://host:port`, or `host:port` for plain HTTP."""


class _FromFiles(PydanticBaseSettingsSource):
    """Reads a field from the file that `<NAME>_FILE` names, as container platforms hand over secrets."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        path = os.environ.get(f"{variable(field_name)}_FILE")
        if not path:
            return None, field_name, False
        try:
            return Path(path).read_text(encoding="utf-8").strip(), field_name, False
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not text"
            raise SettingsError(f"{variable(field_name)}_FILE names {path}, which cannot be read: {reason}.") from None

    def __call__(self) -> dict[str, Any]:
        found = ((name, self.get_field_value(field, name)[0]) for name, field in self.settings_cls.model_fields.items())
        return {name: value for name, value in found if value is not None}


class ServiceSettings(BaseSettings):
    """What any service needs to know; a service's own settings extend this class."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True, env_ignore_empty=True)

    database_url: DatabaseUrl = Field(description="the service's own login to PostgreSQL, postgresql://…")
    nats_url: NatsUrl = Field(description="the bus, nats://…")
    s3_endpoint: StoreEndpoint | None = Field(default=None, description="the blob store, http(s)://host:port")
    s3_access_key: SecretStr | None = Field(default=None, description="the blob store's access key")
    s3_secret_key: SecretStr | None = Field(default=None, description="the blob store's secret key")
    s3_bucket: str | None = Field(default=None, description="the bucket for files")
    otlp_endpoint: HttpUrl | None = Field(default=None, description="where traces go, http(s)://host:4318")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["json", "console"] = "json"
    public_url: str | None = Field(default=None, description="how people reach the web pages")
    health_host: str = "127.0.0.1"
    health_port: int = Field(default=0, ge=0, le=65535, description="0 lets the system choose")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the base class's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments first, then the environment, then the files that the environment names."""
        return init_settings, env_settings, _FromFiles(settings_cls)


S = TypeVar("S", bound=ServiceSettings)


def variable(field_name: str) -> str:
    """The environment variable of a field."""
    return f"{PREFIX}{field_name.upper()}"


def load_settings(settings_class: type[S]) -> S:
    """Read the settings from the environment; raises SettingsError with one sentence for people who run services."""
    try:
        return settings_class()
    except ValidationError as error:
        raise SettingsError(_sentence(settings_class, error)) from None


def _sentence(settings_class: type[ServiceSettings], error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    name = str(first["loc"][0]) if first["loc"] else ""
    field = settings_class.model_fields.get(name)
    meaning = field.description if field and field.description else "this service cannot start without it"
    if first["type"] == "missing":
        return f"{variable(name)} is missing: {meaning} (or {variable(name)}_FILE with the name of a file)."
    # The value itself stays unsaid: it may be a secret.
    return f"{variable(name)} is malformed: {first['msg'].removeprefix('Value error, ')}."
