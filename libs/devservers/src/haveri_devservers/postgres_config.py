"""PostgreSQL's configuration as text."""

from __future__ import annotations

from haveri_devservers.ports import LOOPBACK

_SETTINGS = {
    "listen_addresses": LOOPBACK,
    # One door only: no socket file whose path could grow too long or be reached without a password.
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "huge_pages": "off",
    "work_mem": "8MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    # A failed statement or the row that failed may hold a password or a person's words: neither goes to the log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}

# For data that ends with the test session; a crash of the machine would lose it.
_FAST_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def postgres_conf(port: int, *, durable: bool) -> str:
    """Give `postgresql.conf` for `port`; not `durable` trades the safety of the data for speed, for tests."""
    settings = {"port": str(port), **_SETTINGS, **({} if durable else _FAST_SETTINGS)}
    lines = [f"{name} = '{value}'" for name, value in settings.items()]
    head = "# Written anew at every start. Settings of your own: ALTER SYSTEM."
    return "\n".join([head, *lines, ""])


def pg_hba_conf() -> str:
    """Give `pg_hba.conf`: every role with its password over loopback TCP, nobody else, no replication."""
    return f"# Written anew at every start.\nhost all all {LOOPBACK}/32 scram-sha-256\n"
