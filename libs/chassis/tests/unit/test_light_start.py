"""What a service does not use it does not pay for."""

from __future__ import annotations

import subprocess
import sys


def test_a_service_that_asks_for_no_session_does_not_load_sqlalchemy() -> None:
    code = """
import sys
sys.modules["sqlalchemy"] = None
import haveri_chassis.bus, haveri_chassis.database, haveri_chassis.outbox, haveri_chassis.service, haveri_chassis.timers
haveri_chassis.database.Database("postgresql://haveri@127.0.0.1:1/haveri", schema="sample")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
