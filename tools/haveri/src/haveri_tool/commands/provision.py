"""`haveri provision`."""

from __future__ import annotations

from collections.abc import Mapping

from haveri_tool.access import NotRunning, running_house
from haveri_tool.home import Home
from haveri_tool.secrets import Secrets
from haveri_tool.upkeep.provisioning import Ground, provision


async def provision_house(home: Home, environment: Mapping[str, str]) -> list[str]:
    """Provision the running house, or the servers that the environment names; says what changed."""
    home.prepare()
    return await provision(_ground(home, environment), Secrets(home))


def _ground(home: Home, environment: Mapping[str, str]) -> Ground:
    database_url, nats_url = environment.get("HAVERI_DATABASE_URL"), environment.get("HAVERI_NATS_URL")
    if database_url and nats_url:
        return Ground(
            database_url,
            nats_url,
            environment.get("HAVERI_S3_ENDPOINT"),
            environment.get("HAVERI_S3_ACCESS_KEY", ""),
            environment.get("HAVERI_S3_SECRET_KEY", ""),
            environment.get("HAVERI_S3_BUCKET") or "haveri",
        )
    try:
        found = running_house(home).endpoints
    except NotRunning as error:
        raise NotRunning(
            f"{error} Or name servers of your own with HAVERI_DATABASE_URL (an administrator's) and HAVERI_NATS_URL."
        ) from None
    store = (found[f"s3{part}"] for part in ("", "_access_key", "_secret_key", "_bucket"))
    return Ground(found["postgres"], found["nats"], *store)
