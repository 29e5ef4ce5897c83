"""The supervisor's loop, its signals, and the order of stopping."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from haveri_tool.supervision.managed_process import ManagedProcess, WillNotStart
from haveri_tool.supervision.signals import Signals
from haveri_tool.supervision.watch import StopAsked, Watch


class RecordedProcess:
    """Writes down what is done to it; ends when asked, or only when killed."""

    def __init__(self, name: str, record: list[str], *, stubborn: bool = False) -> None:
        self.name, self.record, self.stubborn = name, record, stubborn
        self.log_file = Path("/dev/null")
        self.alive = False

    @property
    def pid(self) -> int | None:
        return 7 if self.alive else None

    @property
    def exit_code(self) -> int | None:
        return None if self.alive else 0

    def start(self) -> int:
        self.alive = True
        return 7

    def running(self) -> bool:
        return self.alive

    def ready(self) -> bool:
        return False

    def ask_to_stop(self) -> None:
        self.record.append(f"{self.name} asked")
        self.alive = self.stubborn

    def stop(self) -> None:
        self.record.append(f"{self.name} ended")

    def kill(self) -> None:
        self.record.append(f"{self.name} killed")
        self.alive = False


def test_ctrl_c_is_noticed_at_the_next_turn() -> None:
    with Signals() as signals:
        watch = Watch(signals)
        watch.turn()
        os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(StopAsked):
            watch.turn()


def test_waiting_ends_when_a_child_ends() -> None:
    with Signals() as signals:
        pid = os.posix_spawn("/bin/true", ["true"], {})
        signals.wait(20.0)
        assert os.waitpid(pid, 0)[0] == pid


def test_layers_are_stopped_one_after_the_other() -> None:
    record: list[str] = []
    services = [RecordedProcess("incident", record), RecordedProcess("web", record)]
    server = RecordedProcess("nats", record)
    with Signals() as signals:
        Watch(signals).stop(services, [server])
    assert record == ["incident asked", "web asked", "incident ended", "web ended", "nats asked", "nats ended"]


def test_a_second_ctrl_c_kills_what_has_not_ended() -> None:
    record: list[str] = []
    stubborn = RecordedProcess("incident", record, stubborn=True)
    stubborn.start()
    with Signals() as signals:
        watch = Watch(signals)
        signals.stops_asked = 1
        original = stubborn.ask_to_stop

        def asked() -> None:
            original()
            os.kill(os.getpid(), signal.SIGINT)

        stubborn.ask_to_stop = asked  # type: ignore[method-assign]
        watch.stop([stubborn])
    assert record == ["incident asked", "incident killed", "incident ended"]


def test_what_is_not_ready_in_time_is_named() -> None:
    with Signals() as signals:
        watch = Watch(signals)
        managed = ManagedProcess("timeline", RecordedProcess("timeline", []), lambda _event: None)
        watch.add(managed)
        with pytest.raises(WillNotStart, match="timeline"):
            watch.until_ready([managed], within=0.05)
