"""What becomes of a process that dies."""

from __future__ import annotations

from pathlib import Path

import pytest

from haveri_devservers.errors import EmbeddedServerError
from haveri_tool.supervision.managed_process import ManagedProcess, ProcessEvent, State, WillNotStart


class FakeProcess:
    """A process whose life the test decides."""

    def __init__(self, log_file: Path) -> None:
        self.log_file = log_file
        self.pid: int | None = None
        self.exit_code: int | None = None
        self.answers = True
        self.refuses_to_start = False
        self.starts = 0

    def start(self) -> int:
        if self.refuses_to_start:
            raise EmbeddedServerError("it is in the way of itself")
        self.starts += 1
        self.pid, self.exit_code = 1000 + self.starts, None
        return self.pid

    def dies(self, exit_code: int = -9) -> None:
        self.pid, self.exit_code = None, exit_code

    def running(self) -> bool:
        return self.pid is not None

    def ready(self) -> bool:
        return self.running() and self.answers

    def ask_to_stop(self) -> None:
        self.dies(0)

    def stop(self) -> None:
        self.dies(0)

    def kill(self) -> None:
        self.dies(-9)


@pytest.fixture
def process(tmp_path: Path) -> FakeProcess:
    log = tmp_path / "incident.log"
    log.write_text("HAVERI_NATS_URL is missing: the bus.\n")
    return FakeProcess(log)


@pytest.fixture
def events() -> list[ProcessEvent]:
    return []


@pytest.fixture
def managed(process: FakeProcess, events: list[ProcessEvent]) -> ManagedProcess:
    managed = ManagedProcess("incident", process, events.append)
    managed.start(0.0)
    return managed


def test_a_process_is_ready_when_it_says_so_and_not_before(managed: ManagedProcess, process: FakeProcess) -> None:
    process.answers = False
    managed.turn(0.0)
    assert not managed.ready
    process.answers = True
    managed.turn(0.06)
    assert managed.ready
    assert managed.pid == process.pid


def test_a_killed_process_is_started_again_at_once(
    managed: ManagedProcess, process: FakeProcess, events: list[ProcessEvent]
) -> None:
    managed.turn(0.0)
    process.dies()
    managed.turn(60.0)
    managed.turn(60.0)
    assert process.starts == 2
    managed.turn(60.1)
    assert managed.ready
    assert managed.pid == 1002
    assert [event.good for event in events] == [True, False, True]
    assert "SIGKILL" in events[1].text


def test_the_old_process_id_is_told_until_the_new_process_is_ready(
    managed: ManagedProcess, process: FakeProcess
) -> None:
    managed.turn(0.0)
    process.answers = False
    process.dies()
    managed.turn(60.0)
    managed.turn(60.0)
    assert managed.pid == 1001
    process.answers = True
    managed.turn(60.1)
    assert managed.pid == 1002


def test_a_process_that_dies_again_and_again_is_given_ever_longer_rests(
    managed: ManagedProcess, process: FakeProcess
) -> None:
    managed.turn(0.0)
    now, rests = 0.0, []
    for _ in range(8):
        process.dies(1)
        managed.turn(now)
        assert managed.next_look is not None
        rests.append(round(managed.next_look - now, 3))
        now = managed.next_look
        managed.turn(now)
        managed.turn(now)
        assert managed.ready
    assert rests == sorted(rests)
    assert rests[0] == 0
    assert rests[-1] == 10


def test_a_process_that_lived_long_is_started_again_at_once_however_often_it_died_before(
    managed: ManagedProcess, process: FakeProcess
) -> None:
    managed.turn(0.0)
    now = 0.0
    for _ in range(4):
        process.dies(1)
        managed.turn(now)
        now = managed.next_look or now
        managed.turn(now)
        managed.turn(now)
    process.dies(1)
    managed.turn(now + 3600)
    assert managed.next_look == now + 3600


def test_wrong_settings_end_the_first_start_with_the_log_lines_that_name_them(
    managed: ManagedProcess, process: FakeProcess
) -> None:
    process.dies(2)
    with pytest.raises(WillNotStart, match="HAVERI_NATS_URL is missing"):
        managed.turn(0.1)


def test_a_process_that_never_comes_up_is_given_up_after_three_tries(
    managed: ManagedProcess, process: FakeProcess
) -> None:
    for now in (0.1, 1.0, 2.0):
        process.dies(1)
        if now == 2.0:
            with pytest.raises(WillNotStart, match="ended with code 1 each time"):
                managed.turn(now)
        else:
            managed.turn(now)
            managed.turn(now + 0.5)
    assert process.starts == 3


def test_a_server_that_cannot_be_started_again_is_tried_until_it_can(
    managed: ManagedProcess, process: FakeProcess
) -> None:
    managed.turn(0.0)
    process.dies()
    process.refuses_to_start = True
    managed.turn(60.0)
    managed.turn(60.0)
    assert managed.state is State.RESTING
    process.refuses_to_start = False
    managed.turn(61.0)
    managed.turn(61.0)
    assert managed.ready
