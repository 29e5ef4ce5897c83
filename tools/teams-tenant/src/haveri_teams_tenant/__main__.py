"""`python -m haveri_teams_tenant`: serve with the settings of the environment."""

from __future__ import annotations

import sys

from haveri_teams_tenant.main import run
from haveri_teams_tenant.settings import SettingsError

if __name__ == "__main__":
    try:
        run()
    except SettingsError as error:
        sys.exit(str(error))
