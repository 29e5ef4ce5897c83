"""The hosts that a service URL may name: the bot's token is sent there, so nobody else may choose them."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True)
class AllowedHosts:
    """Pairs of scheme and `host[:port]`; an entry without port admits every port of the host."""

    entries: frozenset[tuple[str, str]]

    @classmethod
    def parse(cls, listed: str) -> AllowedHosts:
        """Read a comma-separated list; raises ValueError when it is empty or an entry names no host.

        A bare host admits https, and http too when it is this machine; `http://host` admits http.
        """
        entries: set[tuple[str, str]] = set()
        for word in (part.strip().lower() for part in listed.split(",")):
            if not word:
                continue
            scheme, _, host = word.rpartition("://")
            host = host.rstrip("/")
            if scheme not in ("", "http", "https") or not host or "/" in host:
                raise ValueError(f"{word!r} is not a host such as smba.trafficmanager.net")
            entries.add((scheme or "https", host))
            if not scheme and urlsplit(f"//{host}").hostname in _LOOPBACK:
                entries.add(("http", host))
        if not entries:
            raise ValueError("it names no host")
        return cls(frozenset(entries))

    def admit(self, url: str) -> bool:
        """True when the URL is absolute, carries no user name and its host is on the list."""
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").lower(), parts.port
        except ValueError:
            return False
        if parts.username is not None or parts.password is not None or not host:
            return False
        return (parts.scheme, host) in self.entries or (parts.scheme, f"{host}:{port}") in self.entries
