"""What a person who starts a service is told about its settings."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import Field, SecretStr

from haveri_chassis.settings import ServiceSettings, SettingsError, load_settings


class SampleSettings(ServiceSettings):
    """A service that needs the blob store."""

    s3_secret_key: SecretStr
    http_port: int = Field(default=8080, ge=0, le=65535)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything that is required, and nothing else of ours."""
    for name in (
        "S3_BUCKET",
        "S3_ENDPOINT",
        "OTLP_ENDPOINT",
        "HTTP_PORT",
        "LOG_LEVEL",
        "LOG_FORMAT",
        "DATABASE_URL_FILE",
        "S3_SECRET_KEY_FILE",
    ):
        monkeypatch.delenv(f"HAVERI_{name}", raising=False)
    monkeypatch.setenv("HAVERI_DATABASE_URL", "postgresql://sample:hunter2@localhost/haveri")
    monkeypatch.setenv("HAVERI_NATS_URL", "nats://localhost:4222")
    monkeypatch.setenv("HAVERI_S3_SECRET_KEY", "s3cr3t")


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every field is HAVERI_ and its name."""
    monkeypatch.setenv("HAVERI_HTTP_PORT", "9090")

    settings = load_settings(SampleSettings)

    assert settings.http_port == 9090
    assert settings.s3_secret_key.get_secret_value() == "s3cr3t"


def test_a_missing_setting_is_named_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """And it says what it is for."""
    monkeypatch.delenv("HAVERI_DATABASE_URL")

    with pytest.raises(SettingsError) as refusal:
        load_settings(SampleSettings)

    assert str(refusal.value).startswith("HAVERI_DATABASE_URL is missing: ")
    assert "\n" not in str(refusal.value)


def test_an_empty_setting_counts_as_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """`HAVERI_NATS_URL=` in an environment file is no address."""
    monkeypatch.setenv("HAVERI_NATS_URL", "")

    with pytest.raises(SettingsError, match="HAVERI_NATS_URL is missing"):
        load_settings(SampleSettings)


@pytest.mark.parametrize(("name", "value"), [("HTTP_PORT", "eighty"), ("HTTP_PORT", "70000"), ("LOG_FORMAT", "xml")])
def test_a_malformed_setting_is_named_and_its_value_kept_to_ourselves(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be a secret in the wrong variable."""
    monkeypatch.setenv(f"HAVERI_{name}", value)

    with pytest.raises(SettingsError) as refusal:
        load_settings(SampleSettings)

    assert str(refusal.value).startswith(f"HAVERI_{name} is malformed: ")
    assert value not in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "localhost:5432/haveri"),
        ("DATABASE_URL", "mysql://localhost/haveri"),
        ("NATS_URL", "localhost"),
        ("NATS_URL", "http://localhost:4222"),
        ("NATS_URL", "nats://localhost:99999"),
        ("NATS_URL", "nats://one:4222,two"),
        ("S3_ENDPOINT", "ftp://store"),
        ("S3_ENDPOINT", "store:port"),
        ("OTLP_ENDPOINT", "collector:4318"),
    ],
)
def test_an_address_that_can_never_be_reached_stops_the_start(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rather than being tried again and again by a service that says it is on its way."""
    monkeypatch.setenv(f"HAVERI_{name}", value)

    with pytest.raises(SettingsError) as refusal:
        load_settings(SampleSettings)

    assert str(refusal.value).startswith(f"HAVERI_{name} is malformed: it must be like ")
    assert value not in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgres:///haveri?host=/run/postgresql"),
        ("DATABASE_URL", "postgresql://haveri@one:5432,two:5432/haveri"),
        ("NATS_URL", "nats://one:4222, tls://user:pass@two:4222"),
        ("S3_ENDPOINT", "store:9000"),
        ("S3_ENDPOINT", "https://store.example"),
        ("OTLP_ENDPOINT", "http://[::1]:4318"),
    ],
)
def test_every_form_of_address_that_the_clients_know_is_taken(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sockets and clusters too."""
    monkeypatch.setenv(f"HAVERI_{name}", value)

    load_settings(SampleSettings)


def test_a_secret_can_be_given_as_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As container platforms mount them, with a newline at the end."""
    secret = tmp_path / "s3"
    secret.write_text("from-a-file\n")
    monkeypatch.delenv("HAVERI_S3_SECRET_KEY")
    monkeypatch.setenv("HAVERI_S3_SECRET_KEY_FILE", str(secret))

    assert load_settings(SampleSettings).s3_secret_key.get_secret_value() == "from-a-file"


def test_a_secret_file_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the variable, the file and the reason."""
    monkeypatch.setenv("HAVERI_S3_SECRET_KEY_FILE", str(tmp_path / "nothing"))

    with pytest.raises(SettingsError, match=r"HAVERI_S3_SECRET_KEY_FILE names .*nothing, which cannot be read"):
        load_settings(SampleSettings)


def test_secrets_do_not_show_when_settings_are_printed() -> None:
    """Neither passwords in addresses nor keys."""
    shown = repr(load_settings(SampleSettings))

    assert "hunter2" not in shown
    assert "s3cr3t" not in shown
