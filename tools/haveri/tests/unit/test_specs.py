"""What each service is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from haveri_tool.home import Home
from haveri_tool.running.options import Options
from haveri_tool.running.plan import Plan
from haveri_tool.running.specs import SPECS

SMS = "twilio://sid:token@+358401234567/{phone}"


def told(root: Path, service: str, **given: str) -> dict[str, str]:
    """The environment of a service in a house with its own servers."""
    home = Home(root)
    home.prepare()
    elsewhere = {
        "HAVERI_DATABASE_URL": "postgresql://haveri@127.0.0.1:1/haveri",
        "HAVERI_NATS_URL": "nats://127.0.0.1:1",
        "HAVERI_S3_ENDPOINT": "http://127.0.0.1:1",
    }
    plan = Plan.make(home, Options(free_ports=True), {**elsewhere, **given})
    spec = next(spec for spec in SPECS if spec.name == service)
    return dict(spec.environment(plan))


def test_mail_goes_to_the_local_tenant_unless_the_house_has_a_mail_server(tmp_path: Path) -> None:
    usual = told(tmp_path, "escalation")["HAVERI_NOTIFY_EMAIL_URL"]
    assert usual.startswith("mailto://127.0.0.1:") and "{email}" in usual
    own = "mailtos://mail.example/?to={email}"
    assert told(tmp_path, "escalation", HAVERI_NOTIFY_EMAIL_URL=own)["HAVERI_NOTIFY_EMAIL_URL"] == own
    from_file = told(tmp_path, "escalation", HAVERI_NOTIFY_EMAIL_URL_FILE="/run/secrets/mail")
    assert from_file["HAVERI_NOTIFY_EMAIL_URL_FILE"] == "/run/secrets/mail"
    assert "HAVERI_NOTIFY_EMAIL_URL" not in from_file


def test_without_a_local_tenant_nobody_gets_mail_that_was_not_set_up(tmp_path: Path) -> None:
    said = told(tmp_path, "escalation", HAVERI_TEAMS_LOGIN_URL="https://login.example")
    assert "HAVERI_NOTIFY_EMAIL_URL" not in said


@pytest.mark.parametrize("service", [spec.name for spec in SPECS if spec.name != "escalation"])
def test_the_secrets_of_providers_reach_escalation_only(tmp_path: Path, service: str) -> None:
    assert told(tmp_path, "escalation", HAVERI_NOTIFY_SMS_URL=SMS)["HAVERI_NOTIFY_SMS_URL"] == SMS
    said = told(tmp_path, service, HAVERI_NOTIFY_SMS_URL=SMS)
    assert not [name for name in said if name.startswith(("HAVERI_NOTIFY_", "HAVERI_LINK_KEY"))]


def test_the_key_of_the_links_is_made_once_and_may_be_given(tmp_path: Path) -> None:
    first, second = (told(tmp_path, "escalation")["HAVERI_LINK_KEY"] for _ in range(2))
    assert first == second and len(first) >= 32
    assert told(tmp_path / "other", "escalation")["HAVERI_LINK_KEY"] != first
    assert told(tmp_path, "escalation", HAVERI_LINK_KEY="g" * 40)["HAVERI_LINK_KEY"] == "g" * 40
