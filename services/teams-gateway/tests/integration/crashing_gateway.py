"""A gateway process that dies by SIGKILL at one moment: `crashing_gateway.py <module:Class.method> <argument> <when>`.

`argument` has to be among the call's arguments (as text; empty for any), `when` is `before` or `after` the call.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
from typing import Any

from haveri_chassis.service import run
from haveri_teams_gateway.main import create_app
from haveri_teams_gateway.settings import GatewaySettings


def arm(target: str, argument: str, when: str) -> None:
    """Make the process die at that moment."""
    module_name, _, path = target.partition(":")
    class_name, _, method = path.partition(".")
    owner = getattr(importlib.import_module(module_name), class_name)
    original = getattr(owner, method)

    async def dying(*args: Any, **kwargs: Any) -> Any:
        meant = not argument or any(argument in str(value) for value in (*args[1:], *kwargs.values()))
        if meant and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = await original(*args, **kwargs)
        if meant:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, method, dying)


if __name__ == "__main__":
    arm(*sys.argv[1:4])
    run(create_app, GatewaySettings)
