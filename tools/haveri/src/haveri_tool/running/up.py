"""`haveri up`, from nothing to everything ready, and back."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from haveri_devservers.errors import EmbeddedServerError
from haveri_tool.home import Home
from haveri_tool.lock import HouseInUse, HouseLock
from haveri_tool.running.house import House
from haveri_tool.running.options import Options
from haveri_tool.running.plan import Plan
from haveri_tool.running.specs import SPECS, ServiceSpec
from haveri_tool.running.terminal import Terminal
from haveri_tool.supervision.managed_process import WillNotStart
from haveri_tool.supervision.signals import Signals
from haveri_tool.supervision.watch import StopAsked, Watch

_FAILED = 1


def up(home: Home, options: Options, environment: Mapping[str, str], specs: Sequence[ServiceSpec] = SPECS) -> int:
    """Run the house until somebody stops it; gives the exit code. Blocks, and must be called from the main thread."""
    terminal = Terminal()
    try:
        home.prepare()
        with HouseLock(home.lock_file):
            # A supervisor that was killed could not remove it.
            home.endpoints_file.unlink(missing_ok=True)
            return _run(Plan.make(home, options, environment), specs, terminal)
    except HouseInUse as used:
        terminal.failure(
            f"This house, {home.root}, is running already as {used}. "
            "Stop that one with Ctrl-C, or set HAVERI_HOME to another folder to run a second house."
        )
    except (EmbeddedServerError, OSError) as error:
        terminal.failure(str(error))
    return _FAILED


def _run(plan: Plan, specs: Sequence[ServiceSpec], terminal: Terminal) -> int:
    wanted = [spec for spec in specs if plan.options.wants(spec.name) and (plan.local_tenant or not spec.stand_in)]
    with Signals() as signals:
        house = House(plan, wanted, Watch(signals), terminal.event, os.getpid())
        code = 0
        try:
            terminal.step(f"Starting the house in {plan.home.root}")
            house.watch.add(*house.servers.values())
            # While the servers start in processes of their own.
            from haveri_tool.running.coming_up import come_up, write_endpoints  # noqa: PLC0415

            come_up(house, wanted, terminal)
            house.watch.forever(lambda: write_endpoints(house))
        except StopAsked:
            terminal.step("Stopping: services first, then the servers …")
        except (WillNotStart, EmbeddedServerError) as error:
            terminal.failure(f"{error}\nEverything is being stopped; the logs are in {plan.home.logs}.")
            code = _FAILED
        finally:
            plan.home.endpoints_file.unlink(missing_ok=True)
            house.stop()
    terminal.step("Stopped.")
    return code
